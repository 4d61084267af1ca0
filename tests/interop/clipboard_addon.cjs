// The clipboard as a Node program has it, by an add-on: clipboard_addon.cjs ADDON FUNCTION [ARGUMENT as JSON]

const [, , addon, name, argument] = process.argv;
const args = argument === undefined ? [] : [JSON.parse(argument)];

(async () => {
  const result = await require(addon)[name](...args);
  console.log(JSON.stringify(result ?? null));
})();
