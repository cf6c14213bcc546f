// What the worker's package installs beside the program. docs/install-worker.md says why.

const unit = 'xperf-fleet-worker.service';
const user = 'xperf-fleet';

/** /usr/bin/xperf-worker: finds Node and the program beside itself, wherever the tarball was unpacked. */
export const wrapper = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
for node in "\${XF_NODE:-}" /usr/lib/xperf-fleet-node/bin/node /usr/bin/node /usr/local/bin/node; do
  [ -n "$node" ] && [ -x "$node" ] || continue
  exec "$node" "$here/../lib/xperf-fleet-worker/xperf-worker.js" "$@"
done
echo 'xperf-worker: there is no Node.js at /usr/lib/xperf-fleet-node/bin/node, /usr/bin/node, /usr/local/bin/node; XF_NODE names another' >&2
exit 1
`;

/**
 * The sandbox has no seccomp filter, and none of the settings that bring one (RestrictAddressFamilies, ProtectKernelLogs and their
 * like): the measuring program would inherit it, and a filter runs at every system call that syscall_rt times.
 */
export const serviceUnit = `[Unit]
Description=xperf-fleet worker
Documentation=file:///usr/share/doc/xperf-fleet-worker/README
Wants=network-online.target
After=network-online.target
# xperf-worker join writes it.
ConditionPathExists=/etc/xperf-fleet/worker.yaml

[Service]
Type=exec
User=${user}
LoadCredential=worker.yaml:/etc/xperf-fleet/worker.yaml
Environment=XF_WORKER_CONFIG=%d/worker.yaml
Environment=WORKER_CACHE_DIR=/var/lib/xperf-fleet
Environment=HOME=/var/lib/xperf-fleet
Environment=WORKER_KERNEL_DIR=/usr/lib/xperf-fleet-guests
# Names the worker's user to the hook of a patched kernel, at each boot; + is with full privileges.
ExecStartPre=+/bin/sh -c 'test ! -e /proc/xperf || echo "owner=$$(id -u ${user})" > /proc/xperf'
ExecStart=/usr/bin/xperf-worker run
# A stop lets the run under way end (an upgrade costs no run); a second signal, or the machine's shutdown, stops it within 5 s.
Environment=WORKER_DRAIN_MIN=60
TimeoutStopSec=62min
ExecStop=+/bin/sh -c 'test "$$(systemctl is-system-running)" != stopping || kill -INT "$$MAINPID"'
# SIGTERM to the worker alone: xperf would end in mid-run.
KillMode=mixed
Restart=on-failure
RestartSec=5
# Wrong settings, or refused by the coordinator: starting it again unchanged is no use.
RestartPreventExitStatus=78

# The kernel log: that is all that it needs.
AmbientCapabilities=CAP_SYSLOG
CapabilityBoundingSet=CAP_SYSLOG
NoNewPrivileges=yes
# Namespaces, capabilities and devices only: a seccomp filter, and any setting that brings one, would be measured with syscall_rt.
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectControlGroups=yes
StateDirectory=xperf-fleet
StateDirectoryMode=0700
DevicePolicy=closed
DeviceAllow=/dev/kmsg r
DeviceAllow=/dev/kvm rw
UMask=0077
RemoveIPC=yes
KeyringMode=private

[Install]
WantedBy=multi-user.target
`;

/** Ends the worker within seconds, its runs abandoned: for removal, where nothing waits for them. */
const stopNow = `  pid=$(systemctl show --property MainPID --value ${unit} 2>/dev/null || true)
    [ "\${pid:-0}" = 0 ] || kill -INT "$pid" || true
    systemctl stop ${unit} || true`;

/** @type {Readonly<Record<string, string>>} */
export const maintainerScripts = {
  postinst: `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  if ! getent passwd ${user} >/dev/null; then
    useradd --system --user-group --no-create-home --home-dir /var/lib/xperf-fleet --shell /usr/sbin/nologin ${user}
  fi
  deb-systemd-helper unmask ${unit} >/dev/null || true
  if deb-systemd-helper --quiet was-enabled ${unit}; then
    deb-systemd-helper enable ${unit} >/dev/null || true
  else
    deb-systemd-helper update-state ${unit} >/dev/null || true
  fi
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
    if [ -n "$2" ]; then
      # The former release ends its run first, and this one starts then; the upgrade does not wait for it.
      systemctl --no-block try-restart ${unit} || true
    elif [ -e /etc/xperf-fleet/worker.yaml ]; then
      systemctl --no-block start ${unit} || true
    fi
  fi
  if [ ! -e /etc/xperf-fleet/worker.yaml ]; then
    echo 'xperf-fleet-worker: xf hosts invite (where you have xf) prints the line with which this machine joins'
  fi
fi
`,
  prerm: `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  ${stopNow.trim()}
fi
`,
  postrm: `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -x /usr/bin/deb-systemd-helper ]; then
  deb-systemd-helper mask ${unit} >/dev/null || true
fi
if [ "$1" = purge ]; then
  if [ -x /usr/bin/deb-systemd-helper ]; then
    deb-systemd-helper purge ${unit} >/dev/null || true
    deb-systemd-helper unmask ${unit} >/dev/null || true
  fi
  rm -rf /etc/xperf-fleet /var/lib/xperf-fleet /var/cache/xperf-fleet
  if getent passwd ${user} >/dev/null; then userdel ${user} || true; fi
  if getent group ${user} >/dev/null; then groupdel ${user} || true; fi
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
`,
};
