/** Thrown by a command that has said all there is to say and asks for an exit code. */
export class ExitRequest extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit with ${exitCode}`);
    this.exitCode = exitCode;
  }
}
