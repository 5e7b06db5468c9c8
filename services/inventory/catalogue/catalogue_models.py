"""Models of the catalogue: the hand-kept tables first, then what models.dev, OpenRouter, LiteLLM and Epoch AI add to them.

Two spellings are one model when they agree after dropping case and punctuation, when a source ties both to one weights
repository, or when a table says so. Where sources disagree, the hand-kept table wins, then the earlier source.
"""
import re

from catalogue_lines import date_versions, developer, find_lines, spread_retirements
from catalogue_names import (BEDROCK, BEDROCK_AREA, EPOCH_OPEN, EPOCH_ORGS, FIRST_PARTY, FLOATING, NAMESPACES, NOT_MODELS,
                             PROPRIETARY, TASKS)
from catalogue_sources import fact, slug, squash

MODELS_DEV = ('models.dev, MIT', 'https://github.com/anomalyco/models.dev')
OPENROUTER = ('OpenRouter list of 2026-08-01 as kept in Prajwalsrinvas/token-tariff, MIT', 'https://openrouter.ai/models')
LITELLM = ('LiteLLM price catalogue, MIT', 'https://github.com/BerriAI/litellm')
EPOCH = ('Epoch AI, CC BY 4.0', 'https://epoch.ai/data')
CLOSED = 'weights are kept by the developer: general knowledge'
SCRATCH = 'described as pre-trained from scratch'
# Columns of a document, in order, with the path of the field.
FIELDS = (('developer', 'developer'), ('family', 'family'), ('weights', 'weights'), ('licence', 'licence'),
          ('derivations', 'derivations'), ('versionOf', 'version_of'), ('tasks', 'tasks'), ('releaseTime', 'release_time'),
          ('retirementTime', 'retirement_time'), ('scratch', 'derivations'), ('noLicence', 'licence'))


class Models:
    def __init__(self, sources, vendors):
        self.sources, self.vendors = sources, vendors
        self.entries, self.keys = {}, {}
        self.pages = {row['vendor']: row for row in sources.curated('pages.csv', '|')}
        self.likely = [Likelihood(row) for row in sources.curated('likely.csv', '|')]
        self.bedrock = {row['id']: row['model'] for row in sources.curated('bedrock.csv')}
        self._curated()
        self._models_dev()
        self._openrouter()
        self._litellm()
        self._epoch()
        self._bedrock()
        self._offers()
        self._licences()
        find_lines(self)
        spread_retirements(self.entries)
        date_versions(self)

    def documents(self):
        self._check_repositories()
        self._check_references()
        documents = [self._document(e) for e in self.entries.values()]
        idle = [row.pattern.pattern for row in self.likely if not row.met]
        if idle:
            raise SystemExit('likely.csv: no model is meant by ' + ', '.join(idle))
        return documents

    def _check_repositories(self):
        owners = {}
        for entry in self.entries.values():
            for system, ident in entry['upstream']:
                if system == 'huggingface' and owners.setdefault(ident.lower(), entry['id']) != entry['id']:
                    raise SystemExit('two models of one weights repository: %s: %s, %s' % (ident, owners[ident.lower()], entry['id']))

    def _check_references(self):
        for entry in self.entries.values():
            bases = [d['baseModel'] for d in entry['facts'].get('derivations', ([],))[0]]
            for name in bases + [entry['facts'].get('versionOf', ('',))[0]]:
                if name and name[len('models/'):] not in self.entries:
                    raise SystemExit('%s: no model %s' % (entry['id'], name))

    # -- entries ----------------------------------------------------------------------------------------------------

    def find(self, *names):
        for name in names:
            if name and squash(name) in self.keys:
                return self.entries[self.keys[squash(name)]]
        return None

    def new(self, name, vendor):
        entry = {'id': slug(name), 'name': name, 'vendor': vendor, 'upstream': [], 'aliases': [], 'facts': {}, 'unsaid': set(),
                 'spread': False}
        if entry['id'] in self.entries:
            raise SystemExit('two models of one id: ' + name)
        self.entries[entry['id']] = entry
        self._key(entry, name)
        return entry

    def _key(self, entry, name):
        self.keys.setdefault(squash(name), entry['id'])

    def _upstream(self, entry, system, ident):
        if system == 'names':
            self._alias(entry, ident)
            return
        if (system, ident) not in entry['upstream']:
            entry['upstream'].append((system, ident))
        if system == 'ollama':  # a tag says less than a name: `mistral-large:latest` is not the API's mistral-large-latest
            return
        self._key(entry, ident)
        self._key(entry, ident.rsplit('/', 1)[-1])

    def _alias(self, entry, name):
        owner = self.find(name)
        if owner and owner is not entry:
            raise SystemExit('%s is a name of %s and of %s' % (name, owner['id'], entry['id']))
        entry['aliases'].append(name)
        self._key(entry, name)

    @staticmethod
    def set(entry, field, value, confidence, source):
        if value and field not in entry['facts'] and field not in entry['unsaid']:
            entry['facts'][field] = (value, confidence, source)

    def _developer(self, entry, vendor, source, confidence=0.9):
        if vendor and 'vendors/' + slug(vendor) in self.vendors:
            self.set(entry, 'developer', 'vendors/' + slug(vendor), confidence, source)
        for lab, pattern in PROPRIETARY:
            if vendor == lab and re.match(pattern, entry['name'].lower()):
                self.set(entry, 'weights', 'PROPRIETARY', 0.8, (CLOSED, ''))

    # -- sources ----------------------------------------------------------------------------------------------------

    def _curated(self):
        rows = self.sources.curated_folder_rows('models')
        entries = [self.new(row['name'], row['developer']) for row in rows]
        for entry, row in zip(entries, rows):
            if row['hf']:
                self._upstream(entry, 'huggingface', row['hf'])
            for item in filter(None, row['ids'].split(';')):
                self._upstream(entry, *item.split(':', 1))
        for entry, row in zip(entries, rows):
            self._curated_facts(entry, row)

    def _curated_facts(self, entry, row):
        page = self.pages.get(row['developer'], {'models': '', 'lifecycle': ''})
        own = row['source'] or ('https://huggingface.co/' + row['hf'] if row['hf'] else page['models'])
        card = ('model card, paper or documentation', own)
        self._developer(entry, row['developer'], card, 0.95)
        self.set(entry, 'family', row['family'], 0.9, card)
        self.set(entry, 'weights', {'o': 'OPEN', 'c': 'PROPRIETARY'}.get(row['weights']), 0.95, card)
        if row['weights'] == '?':  # a name whose versions differ
            entry['unsaid'] |= {'weights', 'licence'}
        self.set(entry, 'licence', row['licence'] and 'licences/' + slug(row['licence']), 0.9, card)
        self.set(entry, 'tasks', [row['tasks']] if row['tasks'] else None, 0.9, card)
        if row['line'] == '-':  # its name looks like a version's, and is none
            entry['unsaid'].add('versionOf')
        else:
            self.set(entry, 'versionOf', row['line'] and 'models/' + row['line'], 0.9, card)
        if row['base'] == 'scratch':
            entry['facts']['scratch'] = (True, 0.9, (SCRATCH, own))
        elif row['base']:
            derivations = [d.split('>') for d in row['base'].split(';')]
            self.set(entry, 'derivations', [{'baseModel': 'models/' + b, 'relation': r} for r, b in derivations], 0.9, card)
        self.set(entry, 'releaseTime', day(row['released']), 0.85, ('announcement or model card', own))
        entry['spread'] = row['retires'].endswith('+')
        end = ("the maker's list of retirements", page['lifecycle'] or own)
        self.set(entry, 'retirementTime', day(row['retires'].rstrip('+')), 0.85, end)

    def _models_dev(self):
        for m in self.sources.models:
            lab, name = m['id'].split('/', 1)
            floating = FLOATING.match(name)
            repos = [w['url'].replace('https://huggingface.co/', '') for w in (m['weights'] or [])][:1] if not floating else []
            entry = self.find(name, *repos, *[r.rsplit('/', 1)[-1] for r in repos]) or self.new(name, lab)
            self._upstream(entry, 'models-dev', m['id'])
            for repo in repos:
                self._upstream(entry, 'huggingface', repo)
            self._developer(entry, lab, MODELS_DEV)
            self.set(entry, 'family', m['family'], 0.8, MODELS_DEV)
            if m['open_weights'] and not floating:
                self.set(entry, 'weights', 'OPEN', 0.85, MODELS_DEV)
            elif not m['open_weights'] and not m['weights']:
                self.set(entry, 'weights', 'PROPRIETARY', 0.85, MODELS_DEV)
            self.set(entry, 'licence', 'licences/' + slug(m['license']) if m['license'] else None, 0.85, MODELS_DEV)
            if not floating:
                self.set(entry, 'releaseTime', day(m['release_date']), 0.8, MODELS_DEV)

    def _openrouter(self):
        for m in self.sources.openrouter:
            ident, repo = m['id'], m['hugging_face_id'] or ''
            space, _, name = ident.partition('/')
            if space.startswith('~') or space == 'openrouter' or ':' in ident:
                continue
            names = [name, repo, repo.rsplit('/', 1)[-1]]
            if FLOATING.match(name) and repo:  # this list says which model it means
                names.reverse()
            entry = self.find(*names) or self.new(name, space)
            self._upstream(entry, 'openrouter', ident)
            if repo and 'weights' not in entry['unsaid']:
                self._upstream(entry, 'huggingface', repo)
                self.set(entry, 'weights', 'OPEN', 0.7, OPENROUTER)
            self._developer(entry, NAMESPACES.get((repo or ident).split('/')[0].lower()), OPENROUTER, 0.8)

    def _litellm(self):
        for key, value in self.sources.litellm.items():
            vendor, name = self._first_party(key, value.get('litellm_provider') or '')
            if not vendor:
                continue
            entry = self.find(name) or self.new(name, vendor)
            self._upstream(entry, 'litellm', key)
            self._developer(entry, vendor, LITELLM, 0.8)
            task = TASKS.get(value.get('mode'))
            self.set(entry, 'tasks', [task] if task else None, 0.8, LITELLM)
            self.set(entry, 'retirementTime', day(value.get('deprecation_date')), 0.7, LITELLM)

    def _first_party(self, key, provider):
        match = BEDROCK.match(key)
        if match and provider.startswith('bedrock'):
            return match.group(1), self.bedrock.get(key) or bedrock_name(key)
        name = key[len(provider) + 1:] if key.startswith(provider + '/') else key
        vendor = FIRST_PARTY.get(provider)
        if not vendor or NOT_MODELS.search(name):
            return None, None
        if provider == 'perplexity' and not name.startswith('sonar'):
            return None, None
        if 'gemma' in name or (provider.startswith('vertex') and not name.startswith('gemini')):
            return None, None
        return vendor, name

    def _epoch(self):
        """Rows first, bases after: a base may stand below the model that is made from it."""
        found = []
        for row in self.sources.epoch:
            name, organisations = row['Model'].strip(), row['Organization'].split(',')
            entry = self.find(name)
            vendor = EPOCH_ORGS.get(organisations[0]) if len(organisations) == 1 else None
            if not entry and (not vendor or not newcomer(row)):
                continue
            entry = entry or self.new(name, vendor)
            self._upstream(entry, 'epoch', name)
            self._developer(entry, vendor, EPOCH, 0.85)
            if row['Model accessibility'].startswith(EPOCH_OPEN):
                self.set(entry, 'weights', 'OPEN', 0.8, EPOCH)
            elif row['Model accessibility'] in ('API access', 'Hosted access (no API)'):
                self.set(entry, 'weights', 'PROPRIETARY', 0.8, EPOCH)
            if vendor and 'weights' not in entry['unsaid']:
                self.set(entry, 'releaseTime', day(row['Publication date']), 0.7, EPOCH)
            found.append((entry, row['Base model'].strip()))
        for entry, base_name in found:
            base = self.find(base_name) if base_name and ',' not in base_name else None
            if base and base is not entry and 'scratch' not in entry['facts']:
                self.set(entry, 'derivations', [{'baseModel': 'models/' + base['id']}], 0.7, EPOCH)

    def _bedrock(self):
        """Ids of Amazon Bedrock that do not read as a model's name: by hand, then those that models.dev ties to one model."""
        for ident, name in self.bedrock.items():
            if not self.find(name):
                raise SystemExit('bedrock.csv: no model ' + name)
            self._upstream(self.find(name), 'bedrock', ident)
        bases = {}
        for offer in self.sources.offers:
            if offer['provider'] == 'amazon-bedrock' and offer.get('base_model'):
                bases.setdefault(BEDROCK_AREA.sub('', offer['model_id']), set()).add(offer['base_model'].split('/', 1)[1])
        for ident, names in sorted(bases.items()):
            entry = self.find(*names) if len(names) == 1 else None
            if entry and ident not in self.bedrock and not self.find(bedrock_name(ident)):
                self._upstream(entry, 'bedrock', ident)

    def _offers(self):
        """Names under which providers serve a canonical model, where nothing else would tell."""
        owners = {}
        for offer in self.sources.offers:
            base = offer.get('base_model')
            entry = self.find(base.split('/', 1)[1]) if base else None
            if entry:
                owners.setdefault(squash(offer['model_id'].rsplit('/', 1)[-1]), {})[entry['id']] = offer
        for key, found in sorted(owners.items()):
            if len(found) == 1 and key not in self.keys:
                (ident, offer), = found.items()
                entry = self.entries[ident]
                if len(entry['upstream']) < 40:
                    self._upstream(entry, offer['provider'], offer['model_id'].rsplit('/', 1)[-1])

    def _licences(self):
        """Licences of whole families whose weights are open."""
        rows = self.sources.curated('licence_patterns.csv')
        for entry in self.entries.values():
            if entry['facts'].get('weights', ('',))[0] != 'OPEN':
                continue
            for row in rows:
                if re.match(row['pattern'], entry['id']):
                    note = ('the licence that the model cards of this family state', row['source'])
                    self.set(entry, 'licence', 'licences/' + slug(row['licence']), 0.8, note)

    # -- output -----------------------------------------------------------------------------------------------------

    def _document(self, entry):
        facts = entry['facts']
        doc = {'kind': 'Model', 'name': 'models/' + entry['id'], 'displayName': entry['name'], 'aliases': sorted(entry['aliases']),
               'upstreamIds': [{'system': s, 'id': i} for s, i in sorted(entry['upstream'])]}
        if facts.get('weights', ('',))[0] == 'PROPRIETARY' and 'licence' not in facts:
            facts['noLicence'] = (True, 0.7, ('weights that are not given out carry no licence to them', ''))
        if 'derivations' in facts:
            facts.pop('scratch', None)
        none = [path for key, path in (('scratch', 'derivations'), ('noLicence', 'licence')) if key in facts]
        if none:
            doc['knownNone'] = none
        doc['likely'] = [row.document for row in self.likely if row.covers(entry)]
        doc['evidence'] = []
        for field, path in FIELDS:
            if field not in facts:
                continue
            value, confidence, (note, uri) = facts[field]
            if value is not True:
                doc[field] = value
            doc['evidence'].append(fact(path, confidence, note, uri))
        doc['evidence'] = doc.pop('evidence')
        return doc


class Likelihood:
    """A row of likely.csv: what experts hold of the models of one family, with the reason. `/` stands for `or` in its pattern."""

    OPEN_BESIDE = {'lineage.developer': {'derivations', 'scratch', 'versionOf'}, 'licence': {'licence', 'noLicence'}}

    def __init__(self, row):
        self.developer, self.field = 'vendors/' + slug(row['developer']), row['field']
        self.pattern = re.compile('(?:' + row['models'].replace('/', '|') + ')')
        value = {'lineage.developer': 'vendors/', 'licence': 'licences/'}[row['field']] + row['value']
        self.met = False
        self.document = {'field': row['field'], 'oneOf': [row['value'] if row['value'] == 'none' else value],
                         'confidence': float(row['confidence']), 'reason': row['reason'] + ' (' + row['source'] + ')'}

    def covers(self, entry):
        if developer(entry) != self.developer or not self.pattern.fullmatch(entry['id']):
            return False
        self.met = True
        return not self.OPEN_BESIDE[self.field] & set(entry['facts'])


def bedrock_name(ident):
    """The model's name in a Bedrock id: `:0` is a version of the API, and so is `-v1` after a date; another `-v1` may be the model's."""
    name = BEDROCK_AREA.sub('', ident).split('.', 1)[1]
    return re.sub(r'(?<=\d{8})-v\d+$', '', re.sub(r':\d+$', '', name))


def day(text):
    return text + 'T00:00:00Z' if re.fullmatch(r'\d{4}-\d\d-\d\d', text or '') else None


def newcomer(row):
    """Whether a row of Epoch AI is worth an entry of its own: recent, reachable, under a plain name."""
    return (row['Publication date'] >= '2023' and row['Model accessibility'] not in ('', 'Unreleased')
            and not re.search(r'[(),+\n]', row['Model'].strip()) and re.search('Language|Multimodal|Vision|Speech|Image', row['Domain']))
