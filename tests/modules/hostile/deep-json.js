// errored: recursion limit exceeded
precallEvent(`{"type":"rtcStats","stats":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
await new Promise(() => {});
