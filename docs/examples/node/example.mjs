// Lists, watches, simulates a cutoff and handles a typed error, over gRPC.
//   npm install @grpc/grpc-js @grpc/proto-loader
//   node docs/examples/node/example.mjs localhost:50051
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const protos = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'proto');
const definition = loader.loadSync(
  ['linchpin/inventory/v1/inventory_service.proto', 'linchpin/risk/v1/risk_service.proto',
    'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  { includeDirs: [protos], longs: String, enums: String, defaults: true, oneofs: true },
);
const { linchpin } = grpc.loadPackageDefinition(definition);

const endpoint = process.argv[2] ?? 'localhost:50051';
const credentials = grpc.credentials.createInsecure();
const inventory = new linchpin.inventory.v1.InventoryService(endpoint, credentials);
const risk = new linchpin.risk.v1.RiskService(endpoint, credentials);
const call = (client, method) => promisify(client[method].bind(client));

// Yields every vendor, a page at a time.
async function* allVendors() {
  let pageToken = '';
  do {
    const page = await call(inventory, 'ListVendors')({ pageSize: 100, pageToken });
    yield* page.vendors;
    pageToken = page.nextPageToken;
  } while (pageToken);
}

// Reads the stream up to the end of its first snapshot.
async function snapshot() {
  const stream = inventory.Watch({});
  stream.on('error', () => {}); // Cancelled below.
  let count = 0;
  for await (const part of stream) {
    count += part.changes.length;
    if (part.endOfRevision) {
      stream.cancel();
      return { count, resumeToken: part.resumeToken };
    }
  }
  throw new Error('the stream ended before its snapshot did');
}

// The reason and metadata of a failed call (google.rpc.ErrorInfo); undefined if it carries none.
function reasonOf(error) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!bytes) return undefined;
  const decode = (type, buffer) => definition[type].deserialize(buffer);
  const status = decode('google.rpc.Status', bytes);
  const info = status.details.find((detail) => detail['@type']?.endsWith('ErrorInfo') || detail.typeUrl?.endsWith('ErrorInfo') || detail.type_url?.endsWith('ErrorInfo'));
  return info && (info.reason ? info : decode('google.rpc.ErrorInfo', info.value));
}

let vendors = 0;
for await (const _ of allVendors()) vendors += 1;
console.log('vendors:', vendors);

const { count, resumeToken } = await snapshot();
console.log('resources in the snapshot:', count, '- resume token:', resumeToken ? 'yes' : 'no');

const answer = await call(risk, 'SimulateCutoff')({
  scenario: { horizon: { seconds: 86400 }, cutoffs: [{ type: 'TYPE_VENDOR_EXIT', target: 'vendors/openai' }] },
});
for (const impact of answer.consumers) {
  console.log('impaired:', impact.consumer, 'level at least', Math.floor(impact.notExcluded.minLevelPpm / 10000), '%');
}
console.log('impaired consumers:', answer.proven.impactedCount, 'proven,', answer.likely.impactedCount, 'likely');

try {
  await call(inventory, 'GetVendor')({ name: 'vendors/nobody' });
} catch (error) {
  const info = reasonOf(error);
  console.log('error:', grpc.status[error.code], info.reason, info.metadata.name);
}
inventory.close();
risk.close();
