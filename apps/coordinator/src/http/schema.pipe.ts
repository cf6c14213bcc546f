import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { fieldErrors } from '../problems/input-errors.js';
import { invalidInput } from '../problems/problem.js';

/**
 * Validates every argument that names a schema (`@Body({ schema })`). Nest 12 has such a pipe, but its exception
 * factory does not know which parameter failed, so that a problem could not name the field of `@Param('jobId')`.
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, argument: ArgumentMetadata): Promise<unknown> {
    if (argument.schema === undefined) return value;
    const result = await argument.schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    if (argument.type === 'body' && value === undefined) {
      throw invalidInput([
        { field: 'body', message: 'the request has no body', remedy: 'send JSON with Content-Type: application/json' },
      ]);
    }
    throw invalidInput(fieldErrors(result.issues, argument));
  }
}
