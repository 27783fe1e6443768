/** The command does nothing; the message says why, and what to do. */
export class Refusal extends Error {}
