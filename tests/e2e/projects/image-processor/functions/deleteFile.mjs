import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client();

export const handler = async ({ s3: { bucket, object } }) => {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: object.key }));
  return true;
};
