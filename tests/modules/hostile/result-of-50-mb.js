// errored: bytes; at most 262144 are taken
export default class {
  async testConnectivity() {
    return { success: false, failedTests: [{ type: 'api', error: { name: 'x', message: 'x'.repeat(50_000_000) } }] };
  }
}
