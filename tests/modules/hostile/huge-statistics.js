// errored: the page sent packetsSent = 1.8446744073709552e19
export default class {
  async testConnectivity() {
    for (let n = 0; n < 3; n += 1)
      precallEvent(
        `{"type":"rtcStats","peerConnection":${n},"stats":[{"type":"outbound-rtp","id":"a","packetsSent":18446744073709551615}]}`,
      );
    return { success: true };
  }
}
