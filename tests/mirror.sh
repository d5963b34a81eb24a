# shellcheck shell=bash
# For the scripts of tests/ to source: where apt gets its packages here. No mirror's address stands in this tree.

keyring_of() {
  case $1 in
  Debian) echo /usr/share/keyrings/debian-archive-keyring.gpg ;;
  Ubuntu) echo /usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
  esac
}

here() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

# sources.list lines of a release: those that this host has itself, or the same mirror's for another Debian.
sources_of() {
  local codename=$1 origin label uri release component
  apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    sort -u | while read -r origin label uri release component; do
    [ -n "$(keyring_of "$origin")" ] && [ "$component" != '' ] || continue
    if [ "$codename" = "$(here)" ]; then
      [[ $release != "$codename"* ]] || echo "deb [signed-by=$(keyring_of "$origin")] $uri $release $component"
    elif [ "$origin $label $component" = 'Debian Debian main' ]; then
      echo "deb [signed-by=$(keyring_of Debian)] $uri $codename main"
    fi
  done | sort -u
}

# How apt gets to its mirror from here: proxies, retries, and whether an old snapshot will do.
settings_of_apt() {
  apt-config dump --no-empty | grep -E '^Acquire::(http|https|Retries|Check-)' || true
}
