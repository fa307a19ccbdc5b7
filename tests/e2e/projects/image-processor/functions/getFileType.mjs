export const handler = async ({ s3 }) => {
  const dot = s3.object.key.lastIndexOf('.');
  return dot > 0 ? s3.object.key.slice(dot + 1) : null;
};
