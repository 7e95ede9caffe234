// The end that all server scripts have in common.

/**
 * Runs a command, and prints its value as one line of JSON. An error goes to standard error, with exit code 1.
 * @param {string} name
 * @param {Record<string, () => Promise<unknown>>} commands
 */
exports.answer = (name, commands) =>
  commands[name]().then(
    (value) => console.log(JSON.stringify(value ?? null)),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
