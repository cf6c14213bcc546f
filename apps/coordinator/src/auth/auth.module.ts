import { Global, Module } from '@nestjs/common';
import type { Settings } from '../environment.js';
import { SETTINGS } from '../tokens.js';
import { Authentication } from './authentication.js';
import { ConsoleController } from './console.controller.js';
import { LocalConsole } from './local-console.js';

@Global()
@Module({
  controllers: [ConsoleController],
  providers: [
    Authentication,
    {
      provide: LocalConsole,
      useFactory: ({ localKey }: Settings) => new LocalConsole(localKey !== null),
      inject: [SETTINGS],
    },
  ],
  exports: [Authentication],
})
export class AuthModule {}
