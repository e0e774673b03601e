# Arguments: FOLDER COMMAND... Runs the command where it can change nothing but the folder: everything else is read-only for it.
# Has to be started in a mount namespace of its own.
set -e
folder=$1
shift
mount --bind "$folder" "$folder"
mounts=$(cat /proc/self/mounts)
echo "$mounts" | while read -r _ point type _; do
    case $type in
        # Copies of what belongs to other labs would keep it alive; nothing here needs them.
        nsfs | bpf) umount --lazy "$point" || true ;;
        *)
            case $point in
                "$folder" | /dev | /dev/*) ;;
                # A mount point may lie below another and be out of reach; the root never is.
                *) mount -o remount,bind,ro "$point" || [ "$point" != / ] ;;
            esac
            ;;
    esac
done
cd "$folder"
exec "$@"
