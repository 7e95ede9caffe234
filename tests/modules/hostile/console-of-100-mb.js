// errored: bytes at once; at most 4194304 are taken
console.log('x'.repeat(100_000_000));
await new Promise(() => {});
