# For scripts that install Debian packages and want no service enabled or running afterwards; they say what they do with
# their own say() and die(). Sourced, by bash.
shopt -s extglob

readonly policy=/usr/sbin/policy-rc.d

installed_packages() { dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | sort -u; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    command -v sudo >/dev/null || die "packages are missing and installing them needs root. As root, run: $0"
    sudo "$@"
  fi
}

# Debian starts and enables what it installs. The first is prevented by policy-rc.d, the second undone afterwards; both
# only for packages that were not there before.
install_packages() {
  local before own_policy=
  before=$(installed_packages)
  if [[ ! -e $policy ]]; then
    own_policy=yes
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
  fi
  say "installing $*"
  as_root apt-get update -q >&2 || die "apt-get update failed. Check the network and /etc/apt/sources.list"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    install -y -q --no-install-recommends "$@" >&2 || die "apt-get install failed, see above"
  if [[ -n $own_policy ]]; then
    as_root rm -f "$policy"
    trap - EXIT
  fi
  comm -13 <(echo "$before") <(installed_packages) | xargs -r dpkg -L | disable_services
}

disable_services() {
  local file units=() scripts=()
  while read -r file; do
    case $file in
      */systemd/system/*@.*) ;;  # a template is nothing that runs
      */systemd/system/*.@(service|socket|target|timer|path)) units+=("${file##*/}") ;;
      /etc/init.d/?*) scripts+=("${file##*/}") ;;
    esac
  done
  if ((${#units[@]})) && command -v systemctl >/dev/null; then
    local now=()
    [[ ! -d /run/systemd/system ]] || now=(--now)
    as_root systemctl --quiet disable "${now[@]}" "${units[@]}" >/dev/null 2>&1 || say "some of these could not be disabled: ${units[*]}"
  fi
  for file in "${scripts[@]}"; do as_root update-rc.d "$file" disable >/dev/null 2>&1 || true; done
}
