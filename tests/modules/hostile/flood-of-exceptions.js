// errored: the page sent 5001 console lines; at most 5000 are taken
for (let n = 0; n < 20_000; n += 1)
  setTimeout(() => {
    throw new Error(`number ${n}`);
  });
await new Promise(() => {});
