# Every target installs what it needs: Python 3.11 or newer and make are enough.
.DEFAULT_GOAL := help
.PHONY: help install photo run test check bench drill eval drafts example-db lock screenshot
BIN := .venv/bin
PYTHON_CODE := core bots tools tests

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

install: ## make .venv with the recallbot command in it
	@sh tools/install.sh

photo: ## add the reading of label photos to .venv (about 330 MB); make run then uses it
	@sh tools/install.sh photo

run: install ## start the bot and its web chat (ARGS="--help" and the like are passed on)
	@$(BIN)/recallbot run $(ARGS)

dev:
	@sh tools/install.sh dev
.PHONY: dev

test: dev ## run the tests (ARGS="-k word" and the like are passed on)
	@$(BIN)/python -m pytest -n 3 $(ARGS)

check: dev ## lint, types, layers, migrations, locks, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tools
	$(BIN)/lint-imports
	$(BIN)/python -m core.store.migrate check
	$(BIN)/python -m tools.locks check
	$(BIN)/python -m core.text.compile --check

bench: dev ## measure, and write bench.json (ONLY=name for one)
	@$(BIN)/python -m tools.bench $(if $(ONLY),--only $(ONLY))

drill: dev ## kill processes between feed and phone, 200 times on each database
	@$(BIN)/python -m tests.drill $(ARGS)

eval: dev ## score the answers to labelled questions (EVAL=file.jsonl for others)
	@$(BIN)/python -m tools.evaluate $(EVAL)

drafts: dev ## score the rules drafted from labelled notices
	@$(BIN)/python -m tools.drafts

example-db: install ## rebuild subscriptions.db.example
	@$(BIN)/recallbot db example

lock: dev ## pin the dependencies of pyproject.toml anew, with hashes
	@$(BIN)/python -m tools.locks write

screenshot: dev ## take docs/chat.png from the real page (needs Chromium)
	@$(BIN)/python -m tools.screenshot
