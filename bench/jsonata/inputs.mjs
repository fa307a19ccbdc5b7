// The documents that the expressions are evaluated with. Both sides read them from the JSON that this prints.
const categories = ['tools', 'paint', 'garden', 'toys'];
const items = Array.from({ length: 20 }, (_, i) => ({
  sku: `SKU-${1000 + (i * 37) % 100}`, category: categories[i % 4], price: ((i * 7919) % 10000) / 100, quantity: (i * 5) % 9 + 1,
  notes: [{ text: `note ${i}` }],
}));
export const inputs = {
  order: {
    id: 'O-4711', status: 'open', total: 1234.5, created: 1764451665000, key: 'inbox/2026-11/29/Photo of a cat.JPG',
    customer: { name: 'Ada Lovelace', email: 'ada@example.org', vip: false, address: { street: 'St James Square 12', city: 'London', zip: 'SW1Y' } },
    items, stock: items.slice(0, 10).map((item, i) => ({ sku: item.sku, amount: i * 3 })),
  },
  event: {
    Records: Array.from({ length: 10 }, (_, i) => ({
      eventName: i % 3 === 0 ? 'ObjectRemoved:Delete' : 'ObjectCreated:Put', awsRegion: 'eu-central-1',
      s3: { bucket: { name: 'photos', arn: 'arn:aws:s3:::photos' }, object: { key: `inbox/photo%20${i}.jpg`, size: 900 + i * 50, eTag: 'b21b84d653bb07b05b1e6b33684dc11b' } },
    })),
  },
  many: {
    values: Array.from({ length: 1000 }, (_, i) => i * 1.5),
    rows: Array.from({ length: 1000 }, (_, i) => ({ n: i, s: `text ${i}`, g: `g${i % 10}` })),
  },
};
