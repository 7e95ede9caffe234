// errored: the page sent more than 4194304 bytes at once
setTimeout(() => {
  throw new Error('x'.repeat(100_000_000));
});
await new Promise(() => {});
