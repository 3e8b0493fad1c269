"""Where the daemon keeps its findings: `store` of a config file."""

from datetime import timedelta

from scanner.config.yaml_text import YamlText
from scanner.findings.settings import StoreSettings


def store_settings(text: YamlText) -> StoreSettings:
    """Return what a file says of the store; without a word of it findings are kept in memory."""
    entry = text.value.get("store")
    if entry is None:
        return StoreSettings()
    path = text.path.parent / entry["path"]
    if "retention" not in entry:
        return StoreSettings(path)
    return StoreSettings(path, timedelta(days=int(entry["retention"].removesuffix("d"))))
