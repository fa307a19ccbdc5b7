const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');

const dynamodb = new DynamoDBClient();
const place = ({ region, bucket, key }) => `${region}|${bucket}|${key}`;

exports.handler = async (results) => {
  const find = (name) => results.images.map((image) => image[name]).find(Boolean);
  const [original, resized] = [find('original'), find('resized')];
  if (!original || !resized) throw new Error('Original or resized image not found');
  await dynamodb.send(
    new PutItemCommand({
      TableName: 'thumbnails',
      Item: {
        original: { S: place(original.Payload) },
        thumbnail: { S: place(resized.Payload) },
        timestamp: { N: String(Date.now()) },
      },
    }),
  );
  return true;
};
