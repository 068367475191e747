# What people type. Everything is done by meson, tools/ and tests/; this file only names it.
PYTHON = /usr/bin/python3
PREFIX = /usr/local
REPO = .

help:
	@sed -n 's/^# make /make /p' Makefile

# make run [REPO=/path]  assess a repository (default: this one): report.html, a summary, and the pages in a browser
run: deps-build build
	@tools/run.sh "$(REPO)"

# make build             build/sinetti
build:
	@tools/web.sh
	@echo "build: compiling into build/ (a minute when new)"
	@tools/configure.sh build
	@ninja -C build --quiet src/sinetti src/sinetti-hook
	@ln -sf src/sinetti build/sinetti

# make test              all tests, with sanitizers; ends with "N passed, N failed"
test: deps-test
	@$(PYTHON) tests/run.py

# make lint              format, analysis, structure; ends with "N passed, N failed"
lint: deps-lint
	@$(PYTHON) tools/lint.py

# make soak              the long versions of the long tests
soak: deps-test
	@$(PYTHON) tests/run.py --soak

# make bench             beside git's own commands; facts beside bare inserts; the server beside nginx; pages at a million facts; one more event; pushes, clones, reports
bench: deps-test build
	@$(PYTHON) tests/bench/assess.py build/sinetti
	@ninja -C build --quiet tests/bench_append tests/bench_shared tests/bench_evidence
	@build/tests/bench_append
	@build/tests/bench_shared
	@build/tests/bench_evidence
	@$(PYTHON) tests/bench/serve.py build/sinetti
	@$(PYTHON) tests/bench/pages.py build/sinetti
	@$(PYTHON) tests/bench/appended.py build/sinetti
	@$(PYTHON) tests/bench/push.py build/src/sinetti
	@$(PYTHON) tests/bench/clone.py build/src/sinetti

# make interop           public clients of transparency logs over our files (needs Go; skips without)
interop: deps-build build
	@$(PYTHON) tests/interop/run.py --sinetti build/sinetti

# make install           into $(DESTDIR)$(PREFIX): the program, its service for systemd, its sample of an nginx site
install: build
	install -D -m 755 build/src/sinetti "$(DESTDIR)$(PREFIX)/bin/sinetti"
	install -m 755 build/src/sinetti-hook "$(DESTDIR)$(PREFIX)/bin/sinetti-hook"
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/system" "$(DESTDIR)$(PREFIX)/lib/sysusers.d"
	sed 's|@PREFIX@|$(PREFIX)|g' dist/sinetti.service >"$(DESTDIR)$(PREFIX)/lib/systemd/system/sinetti.service"
	install -m 644 dist/sinetti.sysusers "$(DESTDIR)$(PREFIX)/lib/sysusers.d/sinetti.conf"
	install -D -m 644 docs/nginx.conf "$(DESTDIR)$(PREFIX)/share/doc/sinetti/nginx.conf"

# make dist              the source release, with the pages built: who installs it needs no Node
dist: deps-build
	@tools/dist.sh

# make deps              install what any of these needs (deps-build, deps-test, deps-lint: part of it)
deps:
	@tools/deps.sh
deps-build deps-test deps-lint:
	@tools/deps.sh $(@:deps-%=%)

# make clean             remove what was built
clean:
	rm -rf build build-test build-fuzz build-lint report.html web/dist web/.built web/node_modules

.PHONY: help run build test lint soak bench interop install dist deps deps-build deps-test deps-lint clean
