import { v5 } from 'uuid';

/** Of all ids of demo histories, so that they are no other fleet's. */
const namespace = '0b0a6f4e-6d4a-5f0a-8a43-64656d6f0001';

export const demoId = (...parts: (string | number)[]): string => v5(parts.join('/'), namespace);
