"""Models of the catalogue: curated entries first, then what models.dev, OpenRouter, LiteLLM and Epoch AI add to them.

Two spellings are one model when they agree after dropping case and punctuation, or when a source ties both to one weights
repository. Where sources disagree, the curated entry wins, then the earlier source.
"""
import re

from catalogue_sources import fact, slug, squash

MODELS_DEV = ('models.dev, MIT', 'https://github.com/anomalyco/models.dev')
OPENROUTER = ('OpenRouter list of 2026-08-01 as kept in Prajwalsrinvas/token-tariff, MIT', 'https://openrouter.ai/models')
LITELLM = ('LiteLLM price catalogue, MIT', 'https://github.com/BerriAI/litellm')
EPOCH = ('Epoch AI, CC BY 4.0', 'https://epoch.ai/data')
CLOSED = 'weights are kept by the developer: general knowledge'

# Owners of weights repositories and name spaces of lists -> vendor id.
NAMESPACES = {
    'openai': 'openai', 'anthropic': 'anthropic', 'google': 'google', 'x-ai': 'xai', 'xai': 'xai', 'mistralai': 'mistral',
    'mistral': 'mistral', 'qwen': 'alibaba', 'alibaba': 'alibaba', 'deepseek': 'deepseek', 'deepseek-ai': 'deepseek',
    'moonshotai': 'moonshotai', 'z-ai': 'zhipuai', 'zai-org': 'zhipuai', 'zhipuai': 'zhipuai', 'minimax': 'minimax',
    'minimaxai': 'minimax', 'stepfun': 'stepfun', 'stepfun-ai': 'stepfun', 'tencent': 'tencent', 'xiaomi': 'xiaomi',
    'xiaomimimo': 'xiaomi', 'meta-llama': 'meta', 'meta': 'meta', 'nvidia': 'nvidia', 'cohere': 'cohere',
    'coherelabs': 'cohere', 'amazon': 'amazon', 'microsoft': 'microsoft', 'baidu': 'baidu', 'bytedance': 'bytedance',
    'bytedance-seed': 'bytedance', 'ibm-granite': 'ibm', 'ai21': 'ai21', 'ai21labs': 'ai21', 'perplexity': 'perplexity',
    'allenai': 'ai2', 'upstage': 'upstage', 'writer': 'writer', 'inception': 'inception', 'poolside': 'poolside',
    'rekaai': 'reka', 'morph': 'morph', 'sakana': 'sakana', 'sarvam': 'sarvam', 'inclusionai': 'antgroup',
    'meituan': 'meituan', 'meituan-longcat': 'meituan', 'kwaipilot': 'kuaishou', 'nousresearch': 'nous-research',
    'arcee-ai': 'arcee', 'thinkingmachines': 'thinking-machines', 'deepcogito': 'deep-cogito', 'nex-agi': 'nex-agi',
    'aion-labs': 'aion-labs', 'relace': 'relace', 'perceptron': 'perceptron', 'thedrummer': 'thedrummer', 'sao10k': 'sao10k',
    'anthracite-org': 'anthracite', 'undi95': 'undi95', 'gryphe': 'gryphe', 'mancer': 'mancer', 'deepreinforce': 'deepreinforce',
    'cognitivecomputations': 'dolphin', 'liquid': 'liquid',
}
# Labs that keep the weights of all models that match.
PROPRIETARY = [('openai', r'(gpt-(?!oss)|o\d|chatgpt|codex|computer-use|dall-e|tts-|text-|omni-|davinci|babbage|sora)'),
               ('anthropic', r'claude'), ('google', r'(gemini|imagen|veo|lyria|chirp)'), ('perplexity', r'sonar'),
               ('xai', r'grok-([3-9]|code|beta|vision|build)'), ('amazon', r'(nova|titan)')]
# First-party provider labels of LiteLLM -> vendor id. A key of these is a model of that vendor.
FIRST_PARTY = {'openai': 'openai', 'text-completion-openai': 'openai', 'anthropic': 'anthropic', 'gemini': 'google',
               'xai': 'xai', 'mistral': 'mistral', 'cohere': 'cohere', 'cohere_chat': 'cohere', 'voyage': 'voyage',
               'moonshot': 'moonshotai', 'zai': 'zhipuai', 'minimax': 'minimax', 'deepseek': 'deepseek', 'ai21': 'ai21',
               'perplexity': 'perplexity', 'dashscope': 'alibaba', 'vertex_ai-language-models': 'google'}
NOT_MODELS = re.compile(r'(^ft:|/|container|search$|preset|prebuilt|^auto)')
BEDROCK = re.compile(r'^(amazon|ai21|cohere|writer|twelvelabs)\.(.+)$')
BEDROCK_AREA = re.compile(r'^(us-gov|us|eu|apac|global|au|jp|ca)\.')
TASKS = {'chat': 'chat', 'responses': 'chat', 'completion': 'completion', 'embedding': 'embedding', 'rerank': 'rerank',
         'image_generation': 'image-generation', 'audio_transcription': 'audio-transcription', 'audio_speech': 'audio-speech',
         'moderation': 'guardrail', 'video_generation': 'video-generation', 'ocr': 'ocr', 'realtime': 'realtime'}
# Names that move on from model to model. Lists tie them to the weights of a day.
FLOATING = re.compile(r'(.*-latest|deepseek-chat|deepseek-reasoner)$')
EPOCH_ORGS = {'OpenAI': 'openai', 'Anthropic': 'anthropic', 'Google': 'google', 'Google DeepMind': 'google', 'Meta AI': 'meta',
              'Microsoft': 'microsoft', 'Mistral AI': 'mistral', 'Alibaba': 'alibaba', 'DeepSeek': 'deepseek', 'Moonshot': 'moonshotai',
              'Z.ai (Zhipu AI)': 'zhipuai', 'MiniMax': 'minimax', 'Tencent': 'tencent', 'Baidu': 'baidu', 'ByteDance': 'bytedance',
              'NVIDIA': 'nvidia', 'IBM': 'ibm', 'Cohere': 'cohere', 'AI21 Labs': 'ai21', 'xAI': 'xai', 'Amazon': 'amazon',
              'Apple': 'apple', 'Upstage': 'upstage', 'LG AI Research': 'lg', 'NAVER': 'naver', 'Technology Innovation Institute': 'tii',
              '01.AI': '01ai', 'Baichuan': 'baichuan', 'Shanghai AI Lab': 'shanghaiailab', 'Allen Institute for AI': 'ai2',
              'Reka AI': 'reka', 'Inflection AI': None, 'Stability AI': 'stability', 'Databricks': 'databricks',
              'Snowflake': 'snowflake', 'Aleph Alpha': 'aleph-alpha', 'EleutherAI': 'eleutherai', 'Sber': 'sber', 'Yandex': 'yandex',
              'Huawei': 'huawei', 'Xiaomi': 'xiaomi', 'StepFun': 'stepfun', 'Liquid': 'liquid', 'Kunlun Inc.': 'skywork'}
EPOCH_OPEN = 'Open weights'


class Models:
    def __init__(self, sources, vendors):
        self.sources, self.vendors = sources, vendors
        self.entries, self.keys = {}, {}
        self.bedrock = {row['id']: row['model'] for row in sources.curated('bedrock.csv')}
        self._curated()
        self._models_dev()
        self._openrouter()
        self._litellm()
        self._epoch()
        self._bedrock()
        self._offers()
        self._licences()

    def documents(self):
        owners = {}
        for entry in self.entries.values():
            for system, ident in entry['upstream']:
                if system == 'huggingface' and owners.setdefault(ident.lower(), entry['id']) != entry['id']:
                    raise SystemExit('two models of one weights repository: %s: %s, %s' % (ident, owners[ident.lower()], entry['id']))
        return [self._document(e) for e in self.entries.values()]

    # -- entries ----------------------------------------------------------------------------------------------------

    def _find(self, *names):
        for name in names:
            if name and squash(name) in self.keys:
                return self.entries[self.keys[squash(name)]]
        return None

    def _new(self, name, vendor):
        entry = {'id': slug(name), 'name': name, 'vendor': vendor, 'upstream': [], 'facts': {}}
        if entry['id'] in self.entries:
            raise SystemExit('two models of one id: ' + name)
        self.entries[entry['id']] = entry
        self._key(entry, name)
        return entry

    def _key(self, entry, name):
        self.keys.setdefault(squash(name), entry['id'])

    def _upstream(self, entry, system, ident):
        if (system, ident) not in entry['upstream']:
            entry['upstream'].append((system, ident))
        if system == 'ollama':  # a tag says less than a name: `mistral-large:latest` is not the API's mistral-large-latest
            return
        self._key(entry, ident)
        self._key(entry, ident.rsplit('/', 1)[-1])

    @staticmethod
    def _set(entry, field, value, confidence, source):
        if value and field not in entry['facts']:
            entry['facts'][field] = (value, confidence, source)

    def _developer(self, entry, vendor, source, confidence=0.9):
        if vendor and 'vendors/' + slug(vendor) in self.vendors:
            self._set(entry, 'developer', 'vendors/' + slug(vendor), confidence, source)
        for lab, pattern in PROPRIETARY:
            if vendor == lab and re.match(pattern, entry['name'].lower()):
                self._set(entry, 'weights', 'PROPRIETARY', 0.8, (CLOSED, ''))

    # -- sources ----------------------------------------------------------------------------------------------------

    def _curated(self):
        for row in self.sources.curated('models.csv', '|'):
            card = ('model card or paper', row['source'])
            entry = self._new(row['name'], row['developer'])
            if row['hf']:
                self._upstream(entry, 'huggingface', row['hf'])
            for item in filter(None, row['ids'].split(';')):
                self._upstream(entry, *item.split(':', 1))
            self._developer(entry, row['developer'], card, 0.95)
            self._set(entry, 'family', row['family'], 0.9, card)
            self._set(entry, 'weights', {'open': 'OPEN', 'closed': 'PROPRIETARY'}.get(row['weights']), 0.95, card)
            self._set(entry, 'licence', row['licence'] and 'licences/' + slug(row['licence']), 0.9, card)
            self._set(entry, 'tasks', [row['tasks']] if row['tasks'] else None, 0.9, card)
            derivations = [d.split('>') for d in filter(None, row['derivations'].split(';'))]
            self._set(entry, 'derivations', [{'baseModel': 'models/' + b, 'relation': r} for r, b in derivations], 0.9, card)
            if row['scratch']:
                entry['facts']['scratch'] = (True, 0.9, ('described as pre-trained from scratch', row['source']))

    def _models_dev(self):
        for m in self.sources.models:
            lab, name = m['id'].split('/', 1)
            floating = FLOATING.match(name)
            repos = [w['url'].replace('https://huggingface.co/', '') for w in (m['weights'] or [])][:1] if not floating else []
            entry = self._find(name, *repos, *[r.rsplit('/', 1)[-1] for r in repos]) or self._new(name, lab)
            self._upstream(entry, 'models-dev', m['id'])
            for repo in repos:
                self._upstream(entry, 'huggingface', repo)
            self._developer(entry, lab, MODELS_DEV)
            self._set(entry, 'family', m['family'], 0.8, MODELS_DEV)
            if m['open_weights'] and not floating:
                self._set(entry, 'weights', 'OPEN', 0.85, MODELS_DEV)
            elif not m['open_weights'] and not m['weights']:
                self._set(entry, 'weights', 'PROPRIETARY', 0.85, MODELS_DEV)
            self._set(entry, 'licence', 'licences/' + slug(m['license']) if m['license'] else None, 0.85, MODELS_DEV)
            if re.fullmatch(r'\d{4}-\d\d-\d\d', m['release_date'] or ''):
                self._set(entry, 'releaseTime', m['release_date'] + 'T00:00:00Z', 0.8, MODELS_DEV)

    def _openrouter(self):
        for m in self.sources.openrouter:
            ident, repo = m['id'], m['hugging_face_id'] or ''
            space, _, name = ident.partition('/')
            if space.startswith('~') or space == 'openrouter' or ':' in ident:
                continue
            names = [name, repo.rsplit('/', 1)[-1]]
            if FLOATING.match(name) and repo:  # this list says which model it means
                names.reverse()
            entry = self._find(*names) or self._new(name, space)
            self._upstream(entry, 'openrouter', ident)
            if repo:
                self._upstream(entry, 'huggingface', repo)
                self._set(entry, 'weights', 'OPEN', 0.7, OPENROUTER)
            self._developer(entry, NAMESPACES.get((repo or ident).split('/')[0].lower()), OPENROUTER, 0.8)

    def _litellm(self):
        for key, value in self.sources.litellm.items():
            vendor, name = self._first_party(key, value.get('litellm_provider') or '')
            if not vendor:
                continue
            entry = self._find(name) or self._new(name, vendor)
            self._upstream(entry, 'litellm', key)
            self._developer(entry, vendor, LITELLM, 0.8)
            task = TASKS.get(value.get('mode'))
            self._set(entry, 'tasks', [task] if task else None, 0.8, LITELLM)
            self._set(entry, 'retirementTime', retirement(value.get('deprecation_date')), 0.7, LITELLM)

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
            entry = self._find(name)
            vendor = EPOCH_ORGS.get(organisations[0]) if len(organisations) == 1 else None
            if not entry and (not vendor or not newcomer(row)):
                continue
            entry = entry or self._new(name, vendor)
            self._upstream(entry, 'epoch', name)
            self._developer(entry, vendor, EPOCH, 0.85)
            if row['Model accessibility'].startswith(EPOCH_OPEN):
                self._set(entry, 'weights', 'OPEN', 0.8, EPOCH)
            elif row['Model accessibility'] in ('API access', 'Hosted access (no API)'):
                self._set(entry, 'weights', 'PROPRIETARY', 0.8, EPOCH)
            found.append((entry, row['Base model'].strip()))
        for entry, base_name in found:
            base = self._find(base_name) if base_name and ',' not in base_name else None
            if base and base is not entry:
                self._set(entry, 'derivations', [{'baseModel': 'models/' + base['id']}], 0.7, EPOCH)

    def _bedrock(self):
        """Ids of Amazon Bedrock that do not read as a model's name: by hand, then those that models.dev ties to one model."""
        for ident, name in self.bedrock.items():
            if not self._find(name):
                raise SystemExit('bedrock.csv: no model ' + name)
            self._upstream(self._find(name), 'bedrock', ident)
        bases = {}
        for offer in self.sources.offers:
            if offer['provider'] == 'amazon-bedrock' and offer.get('base_model'):
                bases.setdefault(BEDROCK_AREA.sub('', offer['model_id']), set()).add(offer['base_model'].split('/', 1)[1])
        for ident, names in sorted(bases.items()):
            entry = self._find(*names) if len(names) == 1 else None
            if entry and ident not in self.bedrock and not self._find(bedrock_name(ident)):
                self._upstream(entry, 'bedrock', ident)

    def _offers(self):
        """Names under which providers serve a canonical model, where nothing else would tell."""
        owners = {}
        for offer in self.sources.offers:
            base = offer.get('base_model')
            entry = self._find(base.split('/', 1)[1]) if base else None
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
                    self._set(entry, 'licence', 'licences/' + slug(row['licence']), 0.8, note)

    # -- output -----------------------------------------------------------------------------------------------------

    def _document(self, entry):
        facts = entry['facts']
        doc = {'kind': 'Model', 'name': 'models/' + entry['id'], 'displayName': entry['name'],
               'upstreamIds': [{'system': s, 'id': i} for s, i in sorted(entry['upstream'])]}
        if facts.get('weights', ('',))[0] == 'PROPRIETARY' and 'licence' not in facts:
            facts['noLicence'] = (True, 0.7, ('weights that are not given out carry no licence to them', ''))
        if 'derivations' in facts:
            facts.pop('scratch', None)
        none = [path for key, path in (('scratch', 'derivations'), ('noLicence', 'licence')) if key in facts]
        if none:
            doc['knownNone'] = none
        doc['evidence'] = []
        for field, path in (('developer', 'developer'), ('family', 'family'), ('weights', 'weights'), ('licence', 'licence'),
                            ('derivations', 'derivations'), ('tasks', 'tasks'), ('releaseTime', 'release_time'),
                            ('retirementTime', 'retirement_time'), ('scratch', 'derivations'), ('noLicence', 'licence')):
            if field not in facts:
                continue
            value, confidence, (note, uri) = facts[field]
            if value is not True:
                doc[field] = value
            doc['evidence'].append(fact(path, confidence, note, uri))
        doc['evidence'] = doc.pop('evidence')
        return doc


def bedrock_name(ident):
    """The model's name in a Bedrock id: `:0` is a version of the API, and so is `-v1` after a date; another `-v1` may be the model's."""
    name = BEDROCK_AREA.sub('', ident).split('.', 1)[1]
    return re.sub(r'(?<=\d{8})-v\d+$', '', re.sub(r':\d+$', '', name))


def retirement(text):
    return text + 'T00:00:00Z' if re.fullmatch(r'\d{4}-\d\d-\d\d', text or '') else None


def newcomer(row):
    """Whether a row of Epoch AI is worth an entry of its own: recent, reachable, under a plain name."""
    return (row['Publication date'] >= '2023' and row['Model accessibility'] not in ('', 'Unreleased')
            and not re.search(r'[(),+\n]', row['Model'].strip()) and re.search('Language|Multimodal|Vision|Speech|Image', row['Domain']))
