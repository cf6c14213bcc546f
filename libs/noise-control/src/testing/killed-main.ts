// Sets the machine below a folder and kills itself at the nth write, before or after it:
//   node --import ./test/typescript-loader.mjs killed-main.ts FOLDER N before|after
import { setQuiet } from '../rim/noise-control.js';
import { fakeMachine } from './fake-root.js';

const [root = '', nth = '', when] = process.argv.slice(2);
const machine = fakeMachine(root);
const { write } = machine.files;
let writes = 0;
machine.files.write = (file, text) => {
  writes += 1;
  if (writes === Number(nth) && when === 'before') process.kill(process.pid, 'SIGKILL');
  write(file, text);
  if (writes === Number(nth) && when === 'after') process.kill(process.pid, 'SIGKILL');
};
setQuiet(machine, 3, 'worker');
