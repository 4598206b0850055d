import type { ShareView } from '../app/view.ts'
import type { IconName } from './Icon.tsx'

const iconOfExtension = new Map<string, IconName>(
  Object.entries({
    image: 'jpg jpeg png gif webp avif heic heif svg bmp tif tiff raw dng psd',
    video: 'mp4 m4v mov mkv webm avi mpg mpeg wmv 3gp',
    audio: 'mp3 m4a aac wav flac ogg opus wma aif aiff mid',
    archive: 'zip rar 7z gz tgz bz2 xz zst tar iso dmg',
    text: 'txt md pdf doc docx odt rtf pages tex csv xls xlsx ods numbers ppt pptx odp key epub html json xml',
  } satisfies Partial<Record<IconName, string>>).flatMap(([icon, extensions]) =>
    extensions.split(' ').map((extension): [string, IconName] => [extension, icon as IconName]),
  ),
)

/** The icon that says what a share is, as far as its name tells. */
export function shareIcon({ kind, name }: Pick<ShareView, 'kind' | 'name'>): IconName {
  if (kind === 'folder') return 'folder'
  return iconOfExtension.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'file'
}
