// The scan, in WebAssembly: 16 bytes at once, and nothing allocated. `assemble.ts` says how this text differs from WAT.
import { longestLineBytes, samplesPerLine } from '../contract-line.js';
import { fnvPrime } from '../fnv1a.js';
import { rawBytesPerItem } from '../sample-buffer.js';
import * as memory from './memory.js';

const { dataAt, needleOffset, needleText, textWord, why, word } = memory;
/** Two bytes of the needle that rarely stand so far apart: they are looked for first. */
const rare = ['x', 'v'].map((letter) => dataAt + needleText.indexOf(letter)) as [number, number];
/** What stands in a record's head behind its time, as a little-endian number: a comma, a flag, a semicolon. */
const [comma, semicolon] = [0x2c, 0x3b];
const headEnd = comma | (semicolon << 16);
const checksumText = 0x3d_6b_63_20; // ` ck=`
/** ` ck=` and eight digits. */
const checksumBytes = 12;
/** More digits than any number that an Int32 surely holds: such lines are left to the careful way. */
const longestNumber = 9;

const hexWord = String.raw`
;; The low 16 bits of a number as four hex digits, in the order of memory.
(func $hexWord (param $number i32) (result i32)
  (local $digits i32)
  (local.set $digits (i32.or
    (i32.or (i32.and (i32.shr_u $number 12) 15) (i32.and $number 0xf00))
    (i32.or (i32.shl (i32.and $number 0xf0) 12) (i32.shl (i32.and $number 15) 24))))
  (i32.add
    (i32.add $digits 0x30303030)
    ;; 'a' comes 0x27 behind what follows '9'
    (i32.mul (i32.and (i32.shr_u (i32.add $digits 0x06060606) 4) 0x01010101) 0x27)))`;

/** Steps over a digit's byte: the checksum's state takes it in, and the next one is loaded. */
const nextByte = `
  (local.set $hash (i32.mul (i32.xor $hash $byte) ${fnvPrime}))
  (local.set $at (i32.add $at 1))
  (local.set $byte (i32.load8_u offset=${dataAt} $at))`;

/**
 * A number at $at, whose first byte is in $byte, into $value; to $closer when there is none, or one that no printf would write
 * or no Int32 surely holds. However many digits there are, the zeros behind the log end them.
 */
const number = `
  (local.set $from $at)
  (local.set $value (i32.sub $byte '0'))
  (br_if $closer (i32.ge_u $value 10))
  (loop $digits
    ${nextByte}
    (if (i32.lt_u (local.tee $digit (i32.sub $byte '0')) 10) (then
      (local.set $value (i32.add (i32.mul $value 10) $digit))
      (br $digits))))
  (br_if $closer (i32.gt_u (i32.sub $at $from)
    (select 1 ${longestNumber} (i32.eq '0' (i32.load8_u offset=${dataAt} $from)))))`;

const sampleLine = String.raw`
;; Reads the sample line at $start when it begins as the one that was learnt and its sequence number is the next. Returns the
;; offset behind its checksum; 0 when the careful way must look, 1 when the line is good and there is no room for it.
(func $sampleLine (param $start i32) (result i32)
  (local $at i32) (local $byte i32) (local $hash i32) (local $from i32) (local $value i32) (local $digit i32) (local $last i32)
  (local $texts i32) (local $text i32) (local $numbers i32) (local $single i32)
  (local $sample i32) (local $samples i32) (local $count i32) (local $column i32)
  (local $paired i32) (local $mayBeMissing i32)
  (block $closer
    (local.set $samples (i32.load offset=${word.samples} 0))
    (br_if $closer (i32.ge_u $samples (i32.load offset=${word.room} 0)))

    ;; The beginning, 16 bytes at once, the last of them last.
    (local.set $last (i32.sub (i32.load offset=${word.headLength} 0) 16))
    (loop $head
      (br_if $closer (i32.eqz (i8x16.all_true (i8x16.eq
        (v128.load offset=${memory.headAt} $at)
        (v128.load offset=${dataAt} (i32.add $start $at))))))
      (if (i32.lt_u $at $last) (then
        (local.set $at (select (i32.add $at 16) $last (i32.lt_u (i32.add $at 16) $last)))
        (br $head))))
    (local.set $at (i32.add $start (i32.add $last 16)))
    (local.set $hash (i32.load offset=${word.headHash} 0))
    (local.set $single (i32.eqz (i32.load offset=${word.batched} 0)))

    ;; Numbers with texts between them. One sample's line ends with a number, a batch's with the text before its samples.
    (block $numbersEnd
      (loop $number
        (local.set $byte (i32.load8_u offset=${dataAt} $at))
        ${number}
        (i32.store offset=${word.numbers} $numbers $value)
        (local.set $numbers (i32.add $numbers 4))
        (local.set $text (i32.load offset=${word.texts} $texts))
        (br_if $numbersEnd (i32.eqz $text))
        (local.set $texts (i32.add $texts 4))
        (br_if $closer (i32.ne
          (i32.and
            (i8x16.bitmask (i8x16.eq (v128.load offset=${dataAt} $at) (v128.load $text)))
            (i32.load offset=${textWord.mask} $text))
          (i32.load offset=${textWord.mask} $text)))
        (local.set $at (i32.add $at (i32.load offset=${textWord.length} $text)))
        (local.set $hash (i32.add
          (i32.mul $hash (i32.load offset=${textWord.power} $text))
          (i32.load offset=${textWord.corrections} (i32.add $text (i32.shl (i32.and $hash 255) 2)))))
        (br_if $number (i32.or $single (i32.load offset=${word.texts} $texts)))))
    (br_if $closer (i32.ne (i32.load offset=${word.numbers} 0) (i32.load offset=${word.seqNext} 0)))

    (if $single
      (then
        (local.set $count 1)
        (br_if $closer (i32.gt_u $value 1))
        (i32.store offset=${memory.firstAt} (i32.shl $samples 2) (i32.load offset=${word.numbers + 4} 0))
        (i32.store offset=${memory.secondAt} (i32.shl $samples 2) (i32.load offset=${word.numbers + 8} 0))
        (i32.store8 offset=${memory.interruptedAt} $samples $value))
      (else
        (local.set $count $value)
        (br_if $closer (i32.ge_u (i32.sub $count 1) ${samplesPerLine}))
        (local.set $paired (i32.load offset=${word.paired} 0))
        (local.set $mayBeMissing (i32.load offset=${word.mayBeMissing} 0))
        (local.set $sample $samples)
        (local.set $count (i32.add $samples $count))
        (local.set $byte (i32.load8_u offset=${dataAt} $at))
        (loop $sample
          ${number}
          (i32.store offset=${memory.firstAt} (i32.shl $sample 2) $value)
          (if $paired (then
            (br_if $closer (i32.ne $byte '/'))
            ${nextByte}
            (if (i32.eq $byte '-')
              (then
                (br_if $closer (i32.or (i32.eqz $mayBeMissing) (i32.ne (i32.load8_u offset=${dataAt + 1} $at) '1')))
                ${nextByte}
                ${nextByte}
                (local.set $value -1))
              (else ${number}))
            (i32.store offset=${memory.secondAt} (i32.shl $sample 2) $value)))
          (i32.store8 offset=${memory.interruptedAt} $sample (i32.eq $byte '!'))
          (if (i32.eq $byte '!') (then ${nextByte}))
          (local.set $sample (i32.add $sample 1))
          (if (i32.lt_u $sample $count) (then
            (br_if $closer (i32.ne $byte ','))
            ${nextByte}
            (br $sample))))
        (local.set $count (i32.sub $count $samples))))

    (br_if $closer (i32.ne (i32.load offset=${dataAt} $at) ${checksumText}))
    (br_if $closer (i32.ne (i32.load offset=${dataAt + 4} $at) (call $hexWord (i32.shr_u $hash 16))))
    (br_if $closer (i32.ne (i32.load offset=${dataAt + 8} $at) (call $hexWord $hash)))
    (local.set $at (i32.add $at ${checksumBytes}))
    (br_if $closer (i32.gt_u (i32.sub $at $start) ${longestLineBytes}))
    (local.set $value (i32.add (i32.load offset=${word.seqNext} 0) $count))
    (br_if $closer (i32.gt_u $value (i32.load offset=${word.seqEnd} 0)))
    (if (i32.load offset=${word.empty} 0) (then
      (i32.store offset=${word.empty} 0 0)
      (i32.store offset=${word.rawLimit} 0 (i32.add $start ${rawBytesPerItem}))))
    (if (i32.gt_u $at (i32.load offset=${word.rawLimit} 0)) (then (return 1)))

    (if (i32.eqz $samples) (then (i32.store offset=${word.rawFrom} 0 $start)))
    (i32.store offset=${word.rawTo} 0 $at)
    (i32.store offset=${word.seqNext} 0 $value)
    (i32.store offset=${word.samples} 0 (i32.add $samples $count))
    (return $at))
  0)`;

const scan = String.raw`
;; Goes through the log from $at on; where it ends, and ${word.why} says why.
(func $scan (export scan) (param $at i32) (param $to i32) (result i32)
  (local $number v128) (local $step v128) (local $length i32) (local $mask i32) (local $digit i32) (local $passed i32)
  (local $follow i32) (local $lineStart i32) (local $why i32)
  (local $newlines v128) (local $followed v128) (local $rare v128) (local $rarer v128) (local $zeros v128) (local $tens v128)
  (local $newline v128) (local $newline2 v128) (local $mark v128) (local $mark2 v128)
  (local $lines i32) (local $marks i32) (local $found i32)
  (local $priority i32) (local $time i32) (local $digits i32) (local $wrong i32) (local $byte i32)
  (local.set $follow (i32.load offset=${word.follow} 0))
  (local.set $lineStart (i32.and $follow (i32.load offset=${word.lineStart} 0)))
  (local.set $length (i32.load offset=${word.recordLength} 0))
  (local.set $digit (i32.load offset=${word.recordDigit} 0))
  (local.set $mask (i32.sub (i32.shl 1 $length) 1))
  (local.set $number (v128.load offset=${memory.recordAt} 0))
  (local.set $step (v128.load offset=${memory.recordStepAt} 0))
  (local.set $newlines (i8x16.splat '\n'))
  (local.set $followed (i8x16.splat (i32.sub 0 $follow)))
  (local.set $rare (i8x16.splat '${needleText.charAt(rare[0] - dataAt)}'))
  (local.set $rarer (i8x16.splat '${needleText.charAt(rare[1] - dataAt)}'))
  (local.set $zeros (i8x16.splat '0'))
  (local.set $tens (i8x16.splat 10))
  (i32.store offset=${word.samples} 0 0)
  (block $done
    (loop $next
      (if $lineStart (then
        (br_if $done (i32.ge_u $at $to))
        (local.set $lineStart 0)
        ;; A line that begins with a blank belongs to the record before.
        (if (i32.or (i32.ne (i32.load8_u offset=${dataAt} $at) ' ') (i32.eqz $length)) (then
          ;; Priority and time are taken to have as many digits as those of the record before: where the message begins is known
          ;; then before they were looked at, which halves the time a record takes. One branch decides for all parts of the head.
          (loop $head
            (local.set $found (i32.add $at (i32.add $priority 1)))
            (local.set $wrong (i32.or
              (i32.or (i32.or (i32.eqz $length) (i32.eqz $time)) (i32.ge_u (i32.sub (i32.load8_u offset=${dataAt} $at) '0') 10))
              (i32.xor $mask (i32.and $mask (i8x16.bitmask (i8x16.eq (v128.load offset=${dataAt} $found) $number))))))
            (local.set $found (i32.add $found $length))
            (local.set $digits (i8x16.bitmask (i8x16.lt_u (i8x16.sub (v128.load offset=${dataAt} $found) $zeros) $tens)))
            (local.set $found (i32.add $found $time))
            (local.set $byte (i32.load8_u offset=${dataAt + 1} $found))
            (local.set $wrong (i32.or $wrong (i32.or
              (i32.or
                (i32.ne $priority (i32.lt_u (i32.sub (i32.load8_u offset=${dataAt + 1} $at) '0') 10))
                (i32.xor (i32.and $digits (i32.sub (i32.shl 2 $time) 1)) (i32.sub (i32.shl 1 $time) 1)))
              (i32.or
                (i32.ne ${headEnd} (i32.and 0xff00ff (i32.load offset=${dataAt} $found)))
                (i32.or (i32.eq $byte '\n') (i32.eq $byte ';'))))))
            (if $wrong (then
              (local.set $found $priority)
              (local.set $priority (i32.lt_u (i32.sub (i32.load8_u offset=${dataAt + 1} $at) '0') 10))
              ;; The number may stand elsewhere: then the time is looked for once more.
              (br_if $head (i32.ne $found $priority))
              (local.set $found $time)
              (local.set $time (i32.ctz (i32.xor $digits -1)))
              (br_if $head (i32.ne $found $time))
              (local.set $why ${why.line})
              (br $done))))
          (local.set $at (i32.add $found 3))
          (local.set $passed (i32.add $passed 1))
          (if (i32.lt_u $digit 9)
            (then
              (local.set $digit (i32.add $digit 1))
              (local.set $number (i8x16.add $number $step)))
            (else
              ;; Carries; a number that gets one digit more is left to the caller.
              (v128.store offset=${memory.recordAt} 0 $number)
              (local.set $found (i32.sub $length 2))
              (loop $carry
                (if (i32.eq '9' (i32.load8_u offset=${memory.recordAt} $found)) (then
                  (i32.store8 offset=${memory.recordAt} $found '0')
                  (local.set $found (i32.sub $found 1))
                  (br $carry))))
              (if $found
                (then
                  (i32.store8 offset=${memory.recordAt} $found (i32.add 1 (i32.load8_u offset=${memory.recordAt} $found))))
                (else
                  (local.set $length 0)))
              (local.set $number (v128.load offset=${memory.recordAt} 0))
              (local.set $digit 0)))))))

      ;; 32 bytes at once: line ends, and where two bytes of the needle stand as far apart as in it.
      (loop $block
        (br_if $done (i32.ge_u $at $to))
        (local.set $newline (v128.and $followed (i8x16.eq $newlines (v128.load offset=${dataAt} $at))))
        (local.set $newline2 (v128.and $followed (i8x16.eq $newlines (v128.load offset=${dataAt + 16} $at))))
        (local.set $mark (v128.and
          (i8x16.eq $rare (v128.load offset=${rare[0]} $at))
          (i8x16.eq $rarer (v128.load offset=${rare[1]} $at))))
        (local.set $mark2 (v128.and
          (i8x16.eq $rare (v128.load offset=${rare[0] + 16} $at))
          (i8x16.eq $rarer (v128.load offset=${rare[1] + 16} $at))))
        (if (v128.any_true (v128.or (v128.or $newline $newline2) (v128.or $mark $mark2))) (then
          (local.set $lines (i32.or (i8x16.bitmask $newline) (i32.shl (i8x16.bitmask $newline2) 16)))
          (local.set $marks (i32.or (i8x16.bitmask $mark) (i32.shl (i8x16.bitmask $mark2) 16)))
          (loop $candidate
            (if (i32.lt_u (i32.ctz $marks) (i32.ctz $lines)) (then
              (local.set $found (i32.add $at (i32.ctz $marks)))
              (if (i32.and
                  (i8x16.all_true (i8x16.eq (v128.load offset=${dataAt} $found) (v128.load offset=${memory.needleAt} 0)))
                  (i32.eq
                    (i32.load offset=${dataAt + needleText.length - 4} $found)
                    (i32.load offset=${memory.needleAt + needleText.length - 4} 0))) (then
                (local.set $at $found)
                (br_if $done (i32.ge_u $at $to))
                (local.set $found 0)
                (if (i32.ge_u $at ${needleOffset}) (then
                  (local.set $found (call $sampleLine (i32.sub $at ${needleOffset})))))
                (if (i32.le_u $found 1) (then
                  (local.set $why (select ${why.full} ${why.mark} $found))
                  (br $done)))
                (local.set $at $found)
                (br_if $block (i32.lt_u (i32.load offset=${word.samples} 0) (i32.load offset=${word.room} 0)))
                (local.set $why ${why.full})
                (br $done)))
              (local.set $marks (i32.and $marks (i32.sub $marks 1)))
              (br $candidate))))
          (if $lines (then
            (local.set $at (i32.add (i32.add $at 1) (i32.ctz $lines)))
            (local.set $lineStart 1)
            (br $next)))))
        (local.set $at (i32.add $at 32))
        (br $block))))
  (i32.store offset=${word.lineStart} 0 $lineStart)
  (i32.store offset=${word.recordLength} 0 $length)
  (i32.store offset=${word.recordDigit} 0 $digit)
  (i32.store offset=${word.passed} 0 $passed)
  (i32.store offset=${word.why} 0 $why)
  (v128.store offset=${memory.recordAt} 0 $number)
  $at)`;

export const scanText = `${hexWord}\n${sampleLine}\n${scan}`;
