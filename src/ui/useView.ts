import { useStore } from 'zustand/react'
import { useShallow } from 'zustand/react/shallow'
import type { FaceView, MemberView, Notice, ShareView, View } from '../app/view.ts'
import { leavingLoses, reloadCost, type ReloadCost } from './leaving.ts'
import { useViewStore } from './SessionContext.tsx'

/** Part of the view; renders again only when that part has changed. */
const useView = <Part>(select: (view: View) => Part): Part => useStore(useViewStore(), select)

const isInfo = (notice: Notice): boolean => notice.level === 'info'
const infosOf = (view: View): readonly Notice[] => view.notices.filter(isInfo)
const warningsOf = (view: View): readonly Notice[] => view.notices.filter((notice) => !isInfo(notice))

export const useRoomLink = (): string => useView((view) => view.roomLink)
export const useSignaling = (): View['signaling'] => useView((view) => view.signaling)
export const useMe = (): FaceView => useView((view) => view.me)
export const useMembers = (): readonly MemberView[] => useView((view) => view.members)
export const useAlone = (): boolean => useView((view) => view.members.length === 0)
export const useShares = (): readonly ShareView[] => useView((view) => view.shares)
export const useInfos = (): readonly Notice[] => useView(useShallow(infosOf))
export const useWarnings = (): readonly Notice[] => useView(useShallow(warningsOf))
export const useReadingFiles = (): number | null => useView((view) => view.readingFiles)
/** People this device remembers. */
export const useContactCount = (): number => useView((view) => view.contactCount)
/** Null until somebody has looked at what is kept. */
export const useKept = (): View['kept'] => useView((view) => view.kept)
/** Whether this page passes on what others cannot get of each other. */
export const useHelping = (): boolean => useView((view) => view.isHelping)
/** Each broker of the page's settings. */
export const useBrokers = (): View['brokers'] => useView((view) => view.brokers)
/** The page and all that it contacts is in this network. */
export const useWorksWithoutInternet = (): boolean => useView((view) => view.worksWithoutInternet)
/** Null while nobody connects by hand. */
export const useByHand = (): View['byHand'] => useView((view) => view.byHand)
/** Whether this device's address is hidden from others. */
export const useHiding = (): View['hiding'] => useView((view) => view.hiding)
export const useStorage = (): View['storage'] => useView((view) => view.storage)
/** Whether closing the tab now would cost somebody something. */
export const useLeavingLoses = (): boolean =>
  useView(({ shares, storage }) => shares.some((share) => leavingLoses(share, storage.kind)))
export const useNewVersion = (): View['newVersion'] => useView((view) => view.newVersion)
export const useReloadCost = (): ReloadCost =>
  useView(({ shares, storage }) => reloadCost(shares, storage.kind))
