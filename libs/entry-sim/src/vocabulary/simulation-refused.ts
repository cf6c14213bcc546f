/** Asked to simulate something that the simulator does not know. */
export class SimulationRefused extends Error {
  constructor(
    readonly field: string,
    message: string,
    readonly remedy: string,
  ) {
    super(`${field}: ${message}; ${remedy}`);
    this.name = 'SimulationRefused';
  }
}
