"""MkDocs calls this while it builds: pages and pictures that are written from the code join the others."""

from experiments.site_pages import generated_pages, linked


def on_files(files, config):
    """Add what is generated."""
    from mkdocs.structure.files import File

    for path, content in generated_pages().items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown, page, config, files):
    """Turn links between places of the repository into links between pages."""
    return linked(markdown, page.file.src_uri, {file.src_uri for file in files})
