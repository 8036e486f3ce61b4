# SPDX-License-Identifier: MIT
# What the scripts share. Sourced by bash with $root set to the checkout.

# Debian 12. What the program needs to be built and run, and what its tests drive.
build_packages=(
        gcc libc6-dev meson ninja-build pkg-config python3
        libarchive-dev libcmocka-dev libexpat1-dev libfuse3-dev libinih-dev
        libjpeg62-turbo-dev liblcms2-dev libpq-dev libseccomp-dev libsqlite3-dev libssl-dev libutf8proc-dev libxlsxwriter-dev libzbar-dev
        libdav1d-dev libde265-dev libheif-dev libspng-dev libtiff-dev libwebp-dev
)
run_packages=(fuse3 opencv-data)
test_packages=(
        attr bash-completion bindfs faketime rsync inotify-tools libglib2.0-bin man-db mandoc libimage-exiftool-perl libjpeg-turbo-progs procps
        clang clang-format clang-tidy cppcheck libclang-rt-14-dev libasan8 libtsan2 libubsan1
        btrfs-progs e2fsprogs mount xfsprogs
        libexcel-writer-xlsx-perl libreoffice-calc-nogui python3-openpyxl python3-xlsxwriter
        chromium chromium-driver curl imagemagick jpegoptim libarchive-tools libnss-wrapper openssh-client openssh-sftp-server p7zip-full
        pcmanfm perl postgresql-15 smbclient spin unzip vim xdotool xvfb zip zsh
)
# Writers of workbooks that Debian has not; the tests of lists use them where npm can get them.
node_writers=(excel4node@1.8.2 exceljs@4.4.0 xlsx@0.18.5 xlsx-populate@1.21.0)
# What makes a Debian package of it, and looks at the result.
package_packages=(binutils build-essential debhelper lintian man-db)
# These start daemons of their own when they are installed. A developer installs them if wanted;
# without them the tests of file servers are skipped. In CI they are a must.
server_packages=(samba samba-vfs-modules vsftpd lftp)

# What a small Ceph is made of, for scripts/test ceph only. Of these, too, some start daemons of their own where systemd runs.
ceph_packages=(ceph-common ceph-fuse ceph-mds ceph-mgr ceph-mon ceph-osd)

say() {
        printf '\033[1m%s\033[0m\n' "$*" >&2
}

# Installs those of the packages that are missing. PostgreSQL is only for the tests, which make servers of their own: it is kept
# from starting one by itself.
need_packages() {
        local missing=() package as_root=()
        for package in "$@"; do
                [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
        done
        [ ${#missing[@]} -eq 0 ] && return 0
        if [ "$(id -u)" -ne 0 ]; then
                if ! command -v sudo >/dev/null; then
                        echo "These packages are missing; install them as root: ${missing[*]}" >&2
                        return 1
                fi
                as_root=(sudo)
        fi
        say "installing ${missing[*]}"
        local log status=0
        log=$(mktemp)
        {
                "${as_root[@]}" apt-get update -q &&
                        "${as_root[@]}" mkdir -p /etc/postgresql-common &&
                        { [ -e /etc/postgresql-common/createcluster.conf ] ||
                                "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf <<<'create_main_cluster = false'; } &&
                        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
        } >"$log" 2>&1 || status=$?
        [ $status -eq 0 ] || tail -n 30 "$log" >&2
        rm -f "$log"
        return $status
}

# get_node_writers: puts them into the cache, once, and says to the tests where they are. Without npm or a network the tests
# that use them are skipped.
get_node_writers() {
        local directory=${XDG_CACHE_HOME:-$HOME/.cache}/idphotofs/node-writers
        command -v npm >/dev/null || return 0
        if [ "$(cat "$directory/.writers" 2>/dev/null)" != "${node_writers[*]}" ]; then
                say "getting ${node_writers[*]}"
                mkdir -p "$directory"
                (cd "$directory" && npm install --silent --no-audit --no-fund --ignore-scripts "${node_writers[@]}") >/dev/null 2>&1 ||
                        return 0
                echo "${node_writers[*]}" >"$directory/.writers"
        fi
        export IDPHOTO_NODE_MODULES=$directory/node_modules
}

# build_in DIRECTORY [MESON OPTION...] [-- TARGET...]: configured when new or when the options differ, then built, all of it or
# these targets. Quiet unless it fails.
build_in() {
        local directory=$1 log
        local options=() targets=()
        shift
        while [ $# -gt 0 ] && [ "$1" != -- ]; do
                options+=("$1")
                shift
        done
        [ $# -gt 0 ] && shift
        targets=("$@")
        log=$(mktemp)
        if ! {
                if [ -f "$directory/build.ninja" ]; then
                        meson setup --reconfigure "$directory" "$root" "${options[@]}"
                else
                        meson setup "$directory" "$root" "${options[@]}"
                fi && ninja -C "$directory" "${targets[@]}"
        } >"$log" 2>&1; then
                tail -n 60 "$log" >&2
                rm -f "$log"
                echo "the build in $directory failed" >&2
                return 1
        fi
        rm -f "$log"
}

# What scripts/bench compares the program with.
peer_packages=(libvips-tools jpegoptim imagemagick libjpeg-turbo-progs bindfs inotify-tools rsync procps postgresql-15)

# run_bench [NAME] [OPTION...]: an optimised build, and tests/bench/bench.py with it. Does not return.
run_bench() {
        local build=$root/build-bench log argument
        need_packages python3
        for argument in "$@"; do
                case $argument in
                --help | -h) exec python3 "$root/tests/bench/bench.py" --help ;;
                esac
        done
        # Before minutes are spent on building.
        python3 "$root/tests/bench/bench.py" --check-arguments "$@" || exit
        need_packages "${build_packages[@]}" "${run_packages[@]}" "${peer_packages[@]}"
        say "building"
        log=$(mktemp)
        if ! {
                if [ -f "$build/build.ninja" ]; then
                        meson configure "$build" --buildtype=release -Dtests=true
                else
                        meson setup --buildtype=release -Dtests=true "$build" "$root"
                fi && ninja -C "$build" src/idphotofs src/idphotoctl src/idphoto-worker tests/samples/idphoto-samples \
                        tests/bench/bench-photo tests/bench/bench-store tests/bench/bench-record tests/postgresql/delay-line
        } >"$log" 2>&1; then
                tail -n 60 "$log" >&2
                rm -f "$log"
                exit 1
        fi
        rm -f "$log"
        exec python3 "$root/tests/bench/bench.py" --build="$build" "$@"
}
