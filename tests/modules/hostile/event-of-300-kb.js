// errored: the page sent an event of 300000 bytes; at most 262144 are taken
precallEvent('x'.repeat(300_000));
await new Promise(() => {});
