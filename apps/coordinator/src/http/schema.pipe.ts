import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import * as z from 'zod';
import { fieldErrors } from '../problems/input-errors.js';
import { validated } from '../problems/own-words.js';
import { invalidInput } from '../problems/problem.js';

/**
 * Validates every argument that names a schema (`@Body({ schema })`). Nest 12 has such a pipe, but its exception
 * factory does not know which parameter failed, so that a problem could not name the field of `@Param('jobId')`.
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, argument: ArgumentMetadata): unknown {
    const { schema, type } = argument;
    if (schema === undefined) return value;
    if (!(schema instanceof z.ZodType)) throw new TypeError('a route’s schema must be one of zod');
    const result = validated(schema, value, type === 'query' ? 'query' : 'other');
    if (result.issues === null) return result.value;
    if (type === 'body' && value === undefined) {
      throw invalidInput([
        { field: 'body', message: 'the request has no body', remedy: 'send JSON with Content-Type: application/json' },
      ]);
    }
    throw invalidInput(fieldErrors(result.issues, argument));
  }
}
