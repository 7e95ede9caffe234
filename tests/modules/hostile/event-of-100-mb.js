// errored: bytes at once; at most 4194304 are taken
precallEvent('x'.repeat(100_000_000));
await new Promise(() => {});
