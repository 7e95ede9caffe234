// errored: connectivity raised
export default class {
  async testConnectivity() {
    const error = new Error('boom \x1b]0;OWNED\x07\x1b[2J\x1b]52;c;ZXZpbA==\x07 \u202e\u2028 tail\rX');
    error.name = '\x1b[1mEvil';
    throw error;
  }
}
