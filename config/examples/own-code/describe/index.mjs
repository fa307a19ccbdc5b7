// Says in a sentence what was made.
export const handler = async ({ key, width, height, bytes }) => ({
  text: `${key} has a thumbnail of ${width} x ${height} pixels in ${(bytes / 1024).toFixed(1)} KiB.`,
});
