"""Reads the data sets and the curated tables; writes documents in the product's YAML form."""
import csv
import json
import re

HEAD = """# The Linchpin catalogue: %s. Built by build_catalogue.py; change the tables in ../curated, not this file.
# Sources and licences: docs/concepts/catalogue.md. Contains data by Epoch AI (CC BY 4.0).
"""


def slug(text):
    """The id rule of docs/integrations/litellm.md for one name: lower case, other characters to one dash."""
    out = re.sub('[^a-z0-9]+', '-', text.lower()).strip('-') or 'x'
    return out if out[0].isalpha() else 'x-' + out


def squash(text):
    """What two spellings of one model name have in common."""
    return re.sub('[^a-z0-9]+', '', text.lower())


def fact(path, confidence, note, uri=''):
    out = {'fieldPath': path, 'source': 'CATALOGUE'}
    if uri:
        out['uri'] = uri
    out['confidenceRatio'] = confidence
    if note:
        out['note'] = note
    return out


class Sources:
    def __init__(self, data, curated):
        self.data, self.curated_folder = data, curated
        self.models = self._lines('models-dev/models.jsonl')
        self.providers = self._lines('models-dev/providers.jsonl')
        self.offers = self._lines('models-dev/offers.jsonl')
        self.openrouter = self._lines('openrouter/models_2026-08-01.jsonl')
        self.vendors = self._table('reference/vendors.csv')
        self.spdx = self._table('reference/spdx_licenses.csv')
        self.hf_licences = self._table('reference/hf_license_ids.csv')
        self.groups = self._table('reference/country_groups.csv')
        self.epoch = self._table('epoch/notable_ai_models_2026-01.csv')
        with open(data / 'litellm-catalogue/model_prices_and_context_window.json', encoding='utf-8') as f:
            self.litellm = json.load(f)
        self.hf_ids = {row['hf_id'] for row in self.hf_licences}

    def curated(self, name, delimiter=','):
        with open(self.curated_folder / name, encoding='utf-8', newline='') as f:
            return list(csv.DictReader(f, delimiter=delimiter, quoting=csv.QUOTE_NONE if delimiter == '|' else csv.QUOTE_MINIMAL))

    def curated_folder_rows(self, folder):
        """The rows of all tables in one folder of the curated ones, by file name."""
        files = sorted((self.curated_folder / folder).glob('*.csv'))
        return [row for path in files for row in self.curated(folder + '/' + path.name, '|')]

    def expand(self, word):
        """A country code, or the members of a country group."""
        return [g['alpha2'] for g in self.groups if g['group'] == word] or [word]

    def _lines(self, name):
        with open(self.data / name, encoding='utf-8') as f:
            return [json.loads(line) for line in f if line.strip()]

    def _table(self, name):
        with open(self.data / name, encoding='utf-8', newline='') as f:
            return list(csv.DictReader(f))


PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ ()/+.&-]*\Z")
WORDS = {'true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n'}


def scalar(value):
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    if PLAIN.match(text) and text.lower() not in WORDS and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def flow(value):
    if isinstance(value, dict):
        return '{' + ', '.join(k + ': ' + flow(v) for k, v in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(flow(v) for v in value) + ']'
    return scalar(value)


def write_documents(path, documents):
    documents.sort(key=lambda d: d['name'])
    names = [d['name'] for d in documents]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise SystemExit('two entries of one name: ' + ', '.join(sorted(twice)))
    with open(path, 'w', encoding='utf-8') as out:
        out.write(HEAD % path.stem)
        for doc in documents:
            out.write('---\napiVersion: linchpin/v1\nkind: ' + doc.pop('kind') + '\n')
            for key, value in doc.items():
                if value == '' or value == []:
                    continue
                if isinstance(value, list) and value and isinstance(value[0], dict):
                    out.write(key + ':\n' + ''.join('  - ' + flow(v) + '\n' for v in value))
                else:
                    out.write(key + ': ' + flow(value) + '\n')
    return len(documents)
