import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';

const s3 = new S3Client();

export const handler = async (record) => {
  const key = decodeURIComponent(record.s3.object.key.replace(/\+/g, ' '));
  const found = await s3.send(new GetObjectCommand({ Bucket: record.s3.bucket.name, Key: key }));
  const small = await sharp(await found.Body.transformToByteArray()).resize({ width: 150 }).toBuffer();
  const target = { Bucket: process.env.DESTINATION_BUCKET, Key: key.replace('.jpeg', '-small.jpeg') };
  await s3.send(new PutObjectCommand({ ...target, Body: small, ContentType: 'image/jpeg' }));
  return { region: record.awsRegion, bucket: target.Bucket, key: target.Key };
};
