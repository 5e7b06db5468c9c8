#!/usr/bin/env python3
"""Builds the catalogue (data/*.yaml) from public data sets and from the curated tables beside this file.

Usage: build_catalogue.py DATA_FOLDER [OUT_FOLDER]

DATA_FOLDER holds models-dev/, reference/, epoch/, openrouter/ and litellm-catalogue/ as described in docs/concepts/catalogue.md.
The same input gives the same bytes. Facts only: what no source states is left out.
"""
import pathlib
import sys
import urllib.parse

from catalogue_models import Models
from catalogue_sources import HEAD, Sources, fact, slug, write_documents
from catalogue_vendors import Vendors

OSI_PERMITS = ['COMMERCIAL_USE', 'DISTRIBUTION', 'MODIFICATION']
# Licences whose text calls the grant irrevocable.
IRREVOCABLE = {'Apache-2.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'CC-BY-NC-SA-4.0', 'CC-BY-NC-ND-4.0',
               'CC-BY-ND-4.0', 'CC0-1.0', 'GPL-3.0', 'AGPL-3.0', 'LGPL-3.0'}
RAIL = {'bigscience-openrail-m', 'creativeml-openrail-m', 'bigscience-bloom-rail-1.0', 'bigcode-openrail-m', 'openrail++'}


def host_documents(sources):
    note = "the provider's public list of regions; general knowledge"
    for row in sources.curated('hosts.csv'):
        yield {'kind': 'Host', 'name': 'hosts/' + slug(row['prefix'] + '-' + row['region']),
               'displayName': row['prefix'] + ' ' + row['region'] + ' (' + row['place'] + ')',
               'upstreamIds': [{'system': row['prefix'], 'id': row['region']}],
               'provider': 'vendors/' + slug(row['provider']), 'country': row['country'], 'region': row['region'],
               'facility': 'CLOUD_REGION',
               'evidence': [fact(f, 0.9, note) for f in ('provider', 'country', 'region', 'facility')]}


def licence_documents(sources):
    osi = {row['id']: row['osi_approved'] == 'true' for row in sources.spdx}
    curated = {row['id'] for row in sources.curated('licences.csv')}
    for row in sources.hf_licences:
        if row['hf_id'] in ('unknown', 'other') or row['hf_id'] in curated:
            continue
        yield listed_licence(row, osi)
    for row in sources.curated('licences.csv'):
        yield curated_licence(row, sources)


def listed_licence(row, osi):
    spdx, ident = row['spdx_id'], row['hf_id']
    word = ident.replace('+', '-plus')
    doc = {'kind': 'Licence', 'name': 'licences/' + slug(word), 'displayName': row['name'],
           'upstreamIds': [{'system': 'huggingface', 'id': ident}],
           'spdxExpression': spdx or 'LicenseRef-' + word}
    uri = 'https://spdx.org/licenses/' + spdx + '.html' if spdx else ''
    evidence = [fact('spdx_expression', 0.95, 'licence ids of model cards (Hugging Face hub-docs) and SPDX list', uri)]
    category = category_of(ident, spdx, osi)
    if category:
        doc['category'] = category
        evidence.append(fact('category', 0.9, 'SPDX list (OSI flag), or the name of the licence', uri))
    if category == 'OSI_APPROVED':
        doc['permits'] = OSI_PERMITS
        doc['knownNone'] = ['excluded_countries']
        evidence.append(fact('permits', 0.9, 'follows from the Open Source Definition', 'https://opensource.org/osd'))
        evidence.append(fact('excluded_countries', 0.9, 'clause 5 of the Open Source Definition', 'https://opensource.org/osd'))
    if spdx in IRREVOCABLE or ident in RAIL:
        doc['irrevocable'] = True
        evidence.append(fact('irrevocable', 0.9, 'the text calls the grant irrevocable', uri))
    doc['uri'] = uri
    doc['evidence'] = evidence
    return doc


def category_of(ident, spdx, osi):
    if osi.get(spdx):
        return 'OSI_APPROVED'
    if '-nc' in ident or 'noncommercial' in ident or 'research' in ident or ident == 'apple-amlr':
        return 'NON_COMMERCIAL'
    if 'rail' in ident:
        return 'USE_RESTRICTED'
    if ident.endswith('community'):
        return 'COMMUNITY'
    return 'PERMISSIVE' if ident in ('cc0-1.0', 'cc-by-4.0', 'cc-by-3.0', 'cc-by-2.0', 'cdla-permissive-2.0') else ''


def curated_licence(row, sources):
    doc = {'kind': 'Licence', 'name': 'licences/' + slug(row['id']), 'displayName': row['name'],
           'upstreamIds': [{'system': 'huggingface', 'id': row['id']}] if row['id'] in sources.hf_ids else [],
           'spdxExpression': row['spdx'], 'category': row['category']}
    evidence = [fact('spdx_expression', 0.9, 'no SPDX id: a reference of our own'),
                fact('category', 0.9, row['note'], row['uri'])]
    if row['irrevocable']:
        doc['irrevocable'] = row['irrevocable'] == 'true'
        evidence.append(fact('irrevocable', 0.8, row['note'], row['uri']))
    for column, field, path in (('permits', 'permits', 'permits'), ('restrictions', 'restrictions', 'restrictions'),
                                ('excluded', 'excludedCountries', 'excluded_countries')):
        values = [v for part in row[column].split(',') if part for v in sources.expand(part)]
        if values:
            doc[field] = sorted(values)
            evidence.append(fact(path, 0.8, row['note'], row['uri']))
    doc['uri'] = row['uri']
    doc['evidence'] = evidence
    return doc


def write_endpoints(path, sources):
    """Addresses of models.dev's providers. A provider that no source calls an operator is in between: an intermediary."""
    roles = {row['vendor_id']: row['roles'].split(',') for row in sources.vendors}
    hosts = {}
    for provider in sources.providers:
        host = urllib.parse.urlsplit(provider.get('api') or '').hostname or ''
        if '.' not in host or '$' in host or host.startswith('127.'):
            continue
        operates = {'api', 'host', 'lab'} & set(roles.get(provider['vendor_id'], []))
        vendor = 'vendors/' + slug(provider['vendor_id'] or provider['id'])
        if provider['id'] in ('github-copilot', 'github-models'):
            vendor = 'vendors/github'
        hosts.setdefault(host, ('operator' if operates else 'intermediary', vendor))
    with open(path, 'w', encoding='utf-8') as out:
        out.write(HEAD % 'endpoints' + '# From models.dev (MIT), https://github.com/anomalyco/models.dev.\nendpoints:\n')
        for host, (role, vendor) in sorted(hosts.items()):
            out.write('  - {host: %s, %s: %s}\n' % (host, role, vendor))
    return len(hosts)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    here = pathlib.Path(__file__).resolve().parent
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else here / 'data'
    sources = Sources(pathlib.Path(sys.argv[1]), here / 'curated')
    vendors = Vendors(sources).documents()
    models = Models(sources, {v['name'] for v in vendors})
    for name, documents in (('vendors', vendors), ('hosts', host_documents(sources)),
                            ('licences', licence_documents(sources)), ('models', models.documents())):
        count = write_documents(out / (name + '.yaml'), list(documents))
        print(name, count)
    print('endpoints', write_endpoints(out / 'endpoints.yaml', sources))


if __name__ == '__main__':
    main()
