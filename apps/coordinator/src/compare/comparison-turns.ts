import { Injectable } from '@nestjs/common';
import { Turns } from './turns.js';

/** A key's comparisons: what a page that draws several needs, without piling up on the database. */
const limits = { atOnce: 2, waiting: 4, inAll: 60 };

/** The turns that comparisons take, whichever route asks for them: reading two sides of 5,000 runs takes a tenth of a second. */
@Injectable()
export class ComparisonTurns extends Turns {
  constructor() {
    super(limits);
  }
}
