import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client();

export const handler = async (record) => {
  const { bucket, object } = record.s3;
  const target = { Bucket: process.env.DESTINATION_BUCKET, Key: object.key };
  await s3.send(new CopyObjectCommand({ ...target, CopySource: encodeURI(`/${bucket.name}/${object.key}`) }));
  return { region: record.awsRegion, bucket: target.Bucket, key: target.Key };
};
