// failed: ::error file=README.md
export default class {
  async testConnectivity() {
    const message =
      'x\n::error file=README.md,line=1::forged\n::stop-commands::deadbeef\n[[case]]: passed <script>1</script> | ]]>';
    return { success: false, failedTests: [{ type: '::warning::x', error: { name: message, message } }] };
  }
}
