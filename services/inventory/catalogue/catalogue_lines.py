"""Lines and their versions: a dated snapshot, a preview, a served name and a moving alias name the line that they belong to."""
from catalogue_names import FULL_DATE, VERSIONS

NOTE = ('the name says so: it is that of the line with a date, a stage or `latest` after it', '')
SHARED = ('the name that its versions share', '')


def stems(name):
    """The names that the line of `name` may have, the longest first."""
    matches = [pattern.match(name.lower()) for pattern in VERSIONS]
    return sorted((m.group('line') for m in matches if m), key=len, reverse=True)


def find_lines(models):
    """Ties each version to its line by its name. A line that no source lists gets an entry where two versions share it."""
    versions = {}
    for entry in models.entries.values():
        if 'versionOf' in entry['facts'] or 'versionOf' in entry['unsaid']:
            continue
        lines = [line for name in [entry['name']] + entry['aliases'] for line in stems(name)]
        lines = [line for line in lines if models.find(line) is not entry]
        known = [line for line in lines if models.find(line)]
        if lines:
            versions.setdefault((known or lines[-1:])[0], []).append(entry)
    for line, found in sorted(versions.items()):
        owner = models.find(line) or shared_line(models, line, found)
        for entry in found if owner else []:
            if entry is not owner and developer(entry) == developer(owner) and not reaches(models.entries, owner, entry):
                models.set(entry, 'versionOf', 'models/' + owner['id'], 0.8, NOTE)


def shared_line(models, line, found):
    """An entry for a line of two versions and more, with what they agree in."""
    if len(found) < 2 or len({developer(e) for e in found}) > 1 or not developer(found[0]):
        return None
    owner = models.new(line, found[0]['vendor'])
    for field in ('developer', 'weights', 'family'):
        values = {e['facts'].get(field, ('',))[0] for e in found}
        if len(values) == 1:
            models.set(owner, field, values.pop(), 0.8, SHARED)
    return owner


def developer(entry):
    return entry['facts'].get('developer', ('',))[0]


def line_of(entry):
    return entry['facts'].get('versionOf', ('',))[0][len('models/'):]


def reaches(entries, start, target):
    """Whether the lines of `start` lead to `target`."""
    while start:
        if start is target:
            return True
        start = entries.get(line_of(start))
    return False


def spread_retirements(entries):
    """A `+` after the date of a line: the maker's list names its snapshots, too."""
    for entry in entries.values():
        owner = entries.get(line_of(entry))
        if owner and owner['spread']:
            value, confidence, source = owner['facts']['retirementTime']
            kept = entry['facts'].get('retirementTime')
            if not kept or kept[1] < confidence:
                entry['facts']['retirementTime'] = (value, confidence, source)


def date_versions(models):
    """A snapshot without a release: the date in its name. Anthropic's names date the training, so there the line's counts."""
    for entry in models.entries.values():
        owner, match = models.entries.get(line_of(entry)), FULL_DATE.search(entry['name'])
        if not owner or not match or 'releaseTime' in entry['facts']:
            continue
        if developer(entry) == 'vendors/anthropic':
            release = owner['facts'].get('releaseTime')
            models.set(entry, 'releaseTime', release and release[0], 0.7, ('the release of its line', ''))
        else:
            models.set(entry, 'releaseTime', '-'.join(match.groups()) + 'T00:00:00Z', 0.7, ('the date in its name', ''))
