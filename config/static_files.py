"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also where one script loads another: after an update no browser mixes old with new."""

    support_js_module_import_aggregation = True
