"""Vendors of the catalogue: the hand-kept tables, and what other systems call each vendor."""
from catalogue_sources import fact, slug

YES_NO = {'yes': True, 'no': False}


def name_of(vendor):
    return 'vendors/' + slug(vendor)


def names_of(text):
    return [name_of(v) for v in text.split(',') if v]


class Vendors:
    def __init__(self, sources):
        self.sources = sources
        self.own_lines = self._rows('own_lines.csv')
        self.serving = self._rows('serving.csv')
        self.upstreams = self._rows('upstreams.csv')
        self.contracts = {}
        for row in sources.curated('contracts.csv', '|'):
            self.contracts.setdefault(row['operator'], []).append(row)
        self.upstream_ids = self._upstream_ids()

    def documents(self):
        rows = self.sources.curated('vendors.csv', '|')
        for label, known in (('upstream id', self.upstream_ids), ('own line', self.own_lines), ('serving', self.serving),
                             ('upstreams', self.upstreams), ('contract', self.contracts)):
            lost = sorted(set(known) - {row['id'] for row in rows})
            if lost:
                raise SystemExit('vendors.csv lacks vendors with an entry of %s: %s' % (label, ', '.join(lost)))
        return [self._document(row) for row in rows]

    def _rows(self, table):
        key = 'vendor'
        return {row[key]: row for row in self.sources.curated(table, '|')}

    def _upstream_ids(self):
        """What models.dev and LiteLLM call a vendor. A provider that models.dev lists and the reference does not is its own."""
        ids = {}
        for row in self.sources.vendors:
            ids[row['vendor_id']] = [('litellm', i) for i in row['litellm_providers'].split(',') if i]
        for provider in self.sources.providers:
            vendor = provider['vendor_id'] or ('wafer-ai' if provider['id'] == 'wafer.ai' else provider['id'])
            if provider['id'] in ('github-copilot', 'github-models'):
                vendor = 'github'
            ids.setdefault(vendor, []).insert(0, ('models-dev', provider['id']))
        for vendor, found in ids.items():
            found.sort(key=lambda i: i[0] != 'models-dev')
        return ids

    def _document(self, row):
        doc = {'kind': 'Vendor', 'name': name_of(row['id']), 'displayName': row['name'],
               'aliases': [a for a in row['aliases'].split(',') if a],
               'upstreamIds': [{'system': s, 'id': i} for s, i in self.upstream_ids.get(row['id'], [])]}
        evidence = []
        if row['roles']:
            doc['roles'] = row['roles'].split(',')
            evidence.append(fact('roles', 0.8, 'what it offers on its own pages', row['homepage'] or row['source']))
        if row['country']:
            doc['country'] = row['country']
            evidence.append(fact('country', 0.8, 'its seat by its own pages', row['homepage'] or row['source']))
        self._parent(row, doc, evidence)
        if row['homepage']:
            doc['homepage'] = row['homepage']
            evidence.append(fact('homepage', 0.9, 'its own address'))
        self._knowledge(row['id'], doc, evidence)
        doc['evidence'] = evidence
        return doc

    @staticmethod
    def _parent(row, doc, evidence):
        """`none` and a vendor are facts; `~none:0.8` is what experts hold without a source."""
        parent = row['parent']
        if parent.startswith('~'):
            value, confidence = parent[1:].split(':')
            value = value if value == 'none' else name_of(value)
            doc['likely'] = [{'field': 'parent', 'oneOf': [value], 'confidence': float(confidence), 'reason': row['note']}]
        elif parent == 'none':
            doc['knownNone'] = ['parent']
            evidence.append(fact('parent', 0.75 if 'privately held' in row['note'] else 0.9, row['note'], row['source']))
        elif parent:
            doc['parent'] = name_of(parent)
            evidence.append(fact('parent', 0.85, row['note'], row['source']))

    def _knowledge(self, ident, doc, evidence):
        line = self.own_lines.get(ident)
        if line:
            doc['ownLine'] = line['own_line']
            evidence.append(fact('own_line', 0.85, line['note'], line['source']))
        serving = self.serving.get(ident)
        if serving:
            doc['servesFrom'] = listed({'providers': names_of(serving['providers']),
                                        'countries': [c for c in serving['countries'].split(',') if c]}, serving)
            evidence.append(fact('serves_from', 0.85 if serving['complete'] == 'yes' else 0.7, serving['note'], serving['source']))
        contracts = self.contracts.get(ident, [])
        if contracts:
            doc['hostedDevelopers'] = [hosted(c) for c in contracts]
        for c in contracts:
            note = c['developer'] + ': ' + c['note']
            evidence.append(fact('hosted_developers', 0.8, note, c['source']))
        upstreams = self.upstreams.get(ident)
        if upstreams:
            doc['upstreams'] = listed({'operators': names_of(upstreams['operators'])}, upstreams)
            evidence.append(fact('upstreams', 0.8, upstreams['note'], upstreams['source']))


def listed(lists, row):
    out = {key: sorted(value) for key, value in lists.items() if value}
    out.update({'complete': YES_NO[row['complete']], 'source': row['source'], 'date': row['date']})
    return out


def hosted(contract):
    out = {'developer': name_of(contract['developer'])}
    if contract['pass_through']:
        out['passThrough'] = contract['pass_through']
    if contract['outlives']:
        out['outlivesDeveloper'] = contract['outlives']
    return out
