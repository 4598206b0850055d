/** Every cap and timeout, its unit in its name, one line of why. */
const KiB = 1024
const MiB = 1024 * KiB
const seconds = 1000

export const limits = {
  // Pieces and blocks
  /** Smaller pieces make a small swarm fast, but each costs a hash and a have. */
  pieceSizeMinBytes: 32 * KiB,
  /** Larger pieces would hold too much memory while they come in from several peers. */
  pieceSizeMaxBytes: 4 * MiB,
  /** A hash list of about this many pieces is small and still fine-grained. */
  piecesPerShareTarget: 1000,
  /** What one request asks for: large enough for speed, small enough that control messages do not wait. */
  blockSizeBytes: 64 * KiB,
  /** A share above this (1 TiB) is refused, so that its bitfield fits in one message. */
  shareSizeMaxBytes: 2 ** 40,

  // Names and trees
  /** A name from a peer is cut to this many UTF-16 units before it is shown or saved. */
  nameLengthMax: 255,
  /** One entry's path inside a folder. */
  pathLengthMax: 4096,
  /** Folders of one entry's path and the file in the last: deeper ones would cost who saves them far more than who sends them. */
  pathDepthMax: 64,
  /** Folders that the paths of one share name, all together: many times those of a real tree of `entriesMax` files; bounds memory. */
  foldersMax: 1_000_000,
  /** Files in one folder share. */
  entriesMax: 200_000,
  /** Pieces of one share: what its bitfield needs fits in one message, and 1 TiB in the largest pieces in them. */
  piecesPerShareMax: 2 ** 18,
  /** The encoded tree of a folder share, which travels as its first bytes. */
  treeSizeMaxBytes: 64 * MiB,

  // Messages
  /** A block and its header. */
  messageSizeMaxBytes: 64 * KiB + 64,
  /** Every browser takes this in one data channel message; who says less wants us to send crumbs, and gets no link. */
  channelMessageMinBytes: 16 * KiB,
  /** Hashes in one message, and so in one signed part: 1500 × 32 bytes stay under the message limit. */
  hashesPerMessage: 1500,
  /** Runs of pieces in one have. */
  runsPerMessage: 4000,
  /** Blocks named in one request, cancel or refuse; pieces in one promise. */
  requestsPerMessage: 64,

  // Bulk channels
  /** Chromium closes a channel on which more than 16 MiB waits. */
  channelBufferedMaxBytes: 8 * MiB,
  /** Ordered messages go out beyond a window that blocks have filled, up to this much: a request must not wait for a block. */
  messagesBeyondWindowBytes: 16 * KiB,
  /** Of one message that a full packet carries in Chromium: 1191 bytes of SCTP less its headers, in fours (dcSCTP); a little more elsewhere. */
  packetPayloadBytes: 1160,
  /** What a part of a message may be longer than the window wants: a block and its header in one. */
  partSlackBytes: 64,
  /** For their windows waits in all links together what arrives in so long: what is in a link's hands can no longer be reordered, */
  uplinkAheadMs: 50,
  /** and so much more: a block or two, so that one is there when the other has left. */
  uplinkAheadMinBytes: 64 * KiB,
  /** What arrives is counted over so long, and the best of some such spans counts. */
  arrivalSpanMs: 400,
  /** What came in is echoed after so many messages, */
  echoMessagesMax: 2,
  /** or after this long: half of what a window needs to see a queue of 60 ms build up. */
  echoHeldMaxMs: 20,
  /** or, where a block waits that may take the echo along, after this long. */
  echoRideMaxMs: 10,
  /** A message of so much is small: it is echoed with the next that is not, */
  echoSmallMaxBytes: 1 * KiB,
  /** or after this long. */
  echoSmallHeldMaxMs: 200,
  /** Ordered messages of so many bytes together, */
  ridersMaxBytes: 96,
  /** and so many, wait for a part of a block to take them along, */
  ridersMax: 2,
  /** so long. */
  messageRideMaxMs: 20,
  /** That a block is coming in parts is told this often. */
  comingToldMs: 500,
  /** A link without room and nothing on its way looks again after this long: room grows with time too. */
  roomLookMs: 20,

  /** What a peer may send before the room has taken it in: its first words, not a share. */
  beforeAdmissionMaxBytes: 4 * MiB,
  /** The room is told who was heard on bulk channels this often: far below `pingAfterMs`. */
  heardBatchMs: 1 * seconds,

  // Lanes
  /** Connections of one link: eight were enough to fill a lossy path (measured), and each costs both sides memory and checks. */
  lanesMax: 8,
  /** A link is watched this long, */
  laneWatchMinMs: 250,
  /** and so many round trips, twice before more lanes are tried, once before they are measured, and twice while they are: */
  laneWatchRounds: 6,
  /** that at least so long, as loss makes a rate unsteady. */
  laneMeasureMinMs: 1 * seconds,
  /** One lane that carries so many times what it did the watch before is still growing. */
  laneGrowthMin: 1.25,
  /** So many times as many lanes are tried beside those there are: from one to eight at once, as each trial takes seconds. */
  lanesAtOnce: 7,
  /** Of the echoes in that time, the part that finds more in the channel than SCTP lets out. */
  laneLimitedPart: 0.6,
  /** Twice the lanes carry this much more, or are given up: where lanes are what lacks they carry nearly twice as much. */
  laneGainMin: 1.15,
  /** A link given blocks within this time counts among those that fill the uplink together. */
  linkInUseMs: 5 * seconds,
  /** On a shorter way it is the machine that limits. */
  lanesRoundTripMinMs: 5,
  /** Lanes that have not opened by then are not waited for. */
  laneOpenMaxMs: 5 * seconds,
  /** After lanes that added nothing; doubles each time. */
  lanesRetryMinMs: 10 * seconds,
  /** Where the lanes carry only this part of what they have carried lately, */
  laneFallenPart: 0.75,
  /** they are tried again after this part of the wait. */
  laneFallenRetryPart: 1 / 8,
  /** Half of what they have carried is forgotten after this long. */
  laneProvenHalfLifeMs: 60 * seconds,
  /** Further connections that a tab makes in its life: a browser refuses some 500, closed ones not yet collected included. */
  laneConnectionsMax: 200,
  /** Of those, what the other side of one link may make us spend: several rounds of trying all lanes. */
  lanesOpenedByOtherMax: 28,

  // Windows of lanes
  /** Handed to a new lane at once: the four packets that SCTP sends in one go. */
  windowFirstBytes: 4.6 * KiB,
  /** The same where no other lane is: SCTP's own first window. With 16 KiB the doubling lost packets in real browsers (16 Mbit/s, 80 ms). */
  windowAloneBytes: 11.6 * KiB,
  /** On its way on one lane: a gigabit for 60 ms; Chromium's send queue dies at 16 MiB. */
  windowMaxBytes: 8 * MiB,
  /** What a lane's bytes wait at most above the bare path, besides the time its own message takes to leave. */
  queueTargetMs: 30,
  /** The same where the rate is twice the next or more: there it is a busy machine that makes them wait, and needs a supply; with 100 its sockets overflowed and SCTP stood still for seconds (3 of 11 runs in two tabs). */
  queueTargetFastMs: 60,
  /** A window doubles until its bytes wait longer than this (RFC 9406 has 4 to 16 ms): a round later twice as much is on its way. */
  doublingGrowthMs: 16,
  /** Where all windows have shrunk to this part of what they were when a wait began to press them, */
  pressedWindowPart: 0.75,
  /** and what arrives has become less as they have, within this part, */
  pressedRateSlack: 0.1,
  /** and this part of the wait is still there, it is not a queue of ours. */
  pressedGrowthPart: 0.5,
  /** No route becomes longer by more: SCTP stands still for a lost packet. */
  pressedGrowthMaxMs: 250,
  /** Above 50 Mbit/s it is hardly an uplink with a deep queue. */
  uplinkRateBytesPerSecond: 6_250_000,
  /** A message takes this long to leave at the lane's rate: control waits behind no more. */
  laneMessageMs: 20,
  /** Smaller messages cost more in headers and events than they help: with nine browsers on two cores, 2 KiB cost a fifth of the time. */
  laneMessageMinBytes: 4 * KiB,
  /** Until the rate is known. */
  laneMessageFirstBytes: 4 * KiB,
  /** While a queue runs empty, the least that shows the path. */
  drainMessageMinBytes: 1 * KiB,
  /** Every browser takes this in one message. */
  laneMessageMaxBytes: 64 * KiB,
  /** A window is looked at once in a round trip, and not more often: echoes may come 20 ms late. */
  windowRoundMinMs: 50,
  /** Nor less often, however thin the uplink. */
  windowRoundMaxMs: 500,
  /** A lane on which nothing was handed over this long tries its path anew. */
  windowIdleMs: 10 * seconds,
  /** A lane without echoes this long does not count among those that share the uplink. */
  laneActiveMs: 1 * seconds,
  /** While the queue is in use, all lanes let it run empty this often to see the bare path. */
  drainEveryMs: 10 * seconds,
  /** For a newcomer, or one whose path seems to have changed, sooner. */
  drainSoonMs: 0.5 * seconds,
  /** The least time for which lanes hold back to let a queue run empty, beside what stands in it. */
  drainMs: 40,
  /** Of what the bare path holds, while a queue runs empty: less than all, so that it does; hardly less, so that the uplink stays busy. */
  drainFraction: 0.75,

  // Shares in a room
  /** Shares known of one member's offers; further ones are ignored, and it is told. */
  sharesPerPeerMax: 1000,
  /** Pieces of those, about 5 bytes of memory each: four of the largest shares; 55 MiB if all members of a room offer so much. */
  piecesPerPeerMax: 2 ** 20,
  /** Pieces that what a peer says of its shares may name at once: each of a full budget four times. */
  changedPiecesBurst: 2 ** 22,
  /** The same by the second, for ever: keeps what a peer's words cost us to a few milliseconds a second. */
  changedPiecesPerSecond: 2 ** 18,
  /** What a request, a cancel or a refusal counts for, beside one for each of its blocks: at 100 MB/s and a block a message less than half of what there is. */
  requestCostPieces: 16,
  /** Blocks that a peer may send beyond what was asked of it: what was on its way on lanes that were lost is sent again. */
  unaskedMaxBytes: 16 * MiB,
  /** The same as a part of what was asked. */
  unaskedPart: 1 / 16,
  /** What each of these messages counts for at least, however few pieces it names. */
  changedPiecesLeast: 64,

  /** Verifying a part of a hash list counts for so many pieces: 256 a second, 50 ms of that by the browser, half a second by the library. */
  verifyingCostPieces: 1024,

  // Requests ahead
  /** Asked ahead of one peer: a quarter of a second at the fastest that was measured; what its link holds is bounded by its own window. */
  requestedAheadMaxBytes: 4 * MiB,
  /** Asked of all peers together before they have delivered. */
  requestedAheadFirstBytes: 128 * KiB,
  /** Asked ahead of a lone source, beyond a round trip: with less, lanes that a link has just opened have nothing to carry, and so add nothing. Of each of several that by their square, */
  requestSlackMs: 1000,
  /** but no less than this: a message waits for its turn at both ends. */
  requestSlackMinMs: 100,
  /** How much the pace of one block counts against what was seen before. */
  paceWeight: 1 / 4,
  /** Blocks asked ahead on one link, however small: well below what the other end lets wait. */
  requestsAheadMax: 128,
  /** Pieces begun and not yet checked, all shares together: bounds the memory of a receiver. */
  openPiecesMaxBytes: 32 * MiB,
  /** Of a peer that owes blocks and sends none in this time, others are asked for them too; it is asked for one until it delivers. */
  requestStallMs: 2 * seconds,
  /** After this its requests are taken back. */
  requestTimeoutMs: 20 * seconds,
  /** Pieces that as many or more peers hold are picked among as equals: bounds what sorting them takes to 8 bytes a piece. */
  commonnessMax: 63,
  /** In the end game a second peer is asked for a block that it should bring so much sooner than the one who owes it. */
  endGameGainMs: 500,
  /** Who looks at a share while it comes is fetched so much of what is next before what is rare. */
  inOrderAheadBytes: 2 * MiB,
  /** Peers asked for the same block in the end game. */
  endGameCopiesMax: 2,
  /** Bad pieces from one peer after which its link is dropped. */
  badPiecesMax: 2,
  /** Malformed or senseless messages from one peer after which its link is dropped. */
  strikesMax: 8,
  /** Blocks are asked for when this part of what may be asked is free. */
  requestBatchFraction: 1 / 4,
  /** While requests are out, they are looked over this often: timeouts, end game. */
  requestTickMs: 0.5 * seconds,
  /** Who was asked first for the hash list, and sends none of it for so long, is not waited for. */
  hashesDueMs: 500,
  /** Files that are hashed wait so long for a hash list to grow that ends before them: a slow origin signs a piece in less. */
  listWaitMs: 10 * seconds,
  /** A list that grows is signed this often: more parts would cost everyone verifications, fewer would keep pieces waiting. */
  signEveryMs: 150,
  /** Of hash lists, to one peer in one batch: a long list must not fill the send buffer. */
  hashListBytesPerBatch: 192 * KiB,
  /** Parts of hash lists to one peer in one batch: each costs who gets it a verification. */
  hashPartsPerBatch: 10,
  /** Waiting on one link: with more than this, what can wait does, until the link has drained. Blocks alone stay well below. */
  linkBacklogMaxBytes: 1 * MiB,
  /** With no more than this it has drained. */
  linkDrainedBytes: 64 * KiB,
  /** Haves are told in batches, so that a fast hasher does not flood the room. */
  announceBatchMs: 50,
  /** Fewer than so many, in the midst of a download, */
  announceFew: 4,
  /** are told after this long, with those that came meanwhile. */
  announceFewMs: 150,

  // Passing on
  /** Whether two members are linked, and who has what, is looked over this long after it changed: those who come are linked with one by one. */
  throughSettleMs: 2 * seconds,
  /** Pieces begun or kept to be passed on, all shares together: in memory alone. */
  carriedMaxBytes: 32 * MiB,
  /** Fetched for one member and not yet taken by it: two of the largest pieces, one on its way in and one on its way out. */
  carriedPerPeerMaxBytes: 8 * MiB,
  /** and forgiven a second: who gave up what it had asked for, and who lost its way, may ask again. */
  carriedForgivenBytesPerSecond: 256 * KiB,
  /** The same as a part of what it has taken: what it asked for and got elsewhere, when its ways changed. */
  carriedUntakenPart: 1 / 8,
  /** Pieces asked ahead of a member that passes them on: it fetches one while it sends another. */
  throughAheadPieces: 2,
  /** At this pace it may fetch a piece before it sends the first block of it: slower, and it is taken for stalled. */
  carriedLeastBytesPerSecond: 128 * KiB,
  /** Holders named of a share that is passed on: all others of a room in which everyone is linked. */
  farHoldersMax: 16,
  /** Shares offered to one member through us, and their pieces: a quarter of what it has room for, as most is for our own. */
  throughSharesPerPeerMax: 250,
  throughPiecesPerPeerMax: 2 ** 18,

  // Serving
  /** A timer that goes off so much late does not lower what is sent below the upload limit. */
  uploadCatchUpMs: 200,
  /** Who asks for what was just promised to somebody else is not served it for so long: it hears of the promise, and asks for something else. */
  promiseHeardMs: 250,
  /** Requests one peer may have waiting here. */
  uploadQueuePerPeerMax: 256,

  // Rooms
  /** Up to this many members everyone links with everyone. */
  membersMax: 12,
  /** In a larger room a member looks for others while it has fewer links than this: data wants that many, gossip alone would do with five. */
  linksMin: 8,
  /** At leisure it looks for so many. Were the others content with fewer than those who came first, they would be linked with those alone. */
  linksTarget: 10,
  /** One link is drawn anew after this, come what may: whoever is all that somebody is linked with does not stay so. */
  shuffleMs: 600 * seconds,
  /** So many links that a member drew itself do not make way for those who call it. */
  linksDrawnMin: 4,
  /** With more than this, links make way as far as their other sides can spare them. */
  linksMax: 12,
  /** One that has only just opened does not make way: who is known to all newcomers would be linked with each for a moment. */
  linkYoungMs: 15 * seconds,
  /** Nobody has more: who comes on top is shown whom else it could be linked with. */
  linksEverMax: 16,
  /** One more link is looked for after this where there are fewer than `linksTarget`, or one makes way for another where the room is to be mixed: */
  mixMs: 3 * seconds,
  /** where there are more than so many members, */
  mixMembersMin: 24,
  /** and so many times as many as when it last was, */
  mixGrowth: 1.5,
  /** so many of each member's links. */
  mixSwaps: 2,
  /** Who has been on the list of a large room for longer has not just come, though we are linked with it only now. */
  newcomerMs: 10 * seconds,
  /** One who did not answer, or whose link made way, is not called again before this. */
  restMs: 60 * seconds,
  /** Members known, linked with us or not; about a kilobyte each. */
  censusMax: 2000,
  /** Whether those we are not linked with are still here is looked over this often. */
  censusLookMs: 5 * seconds,
  /** What is new is told to neighbours in batches: a card has crossed a room of a thousand in four of them. */
  gossipMs: 250,
  /** One whose link somebody has lost has this long to say that it is here. */
  doubtedMs: 10 * seconds,
  /** In a large room a member renews its card this often at most, */
  cardRenewMinMs: 30 * seconds,
  /** and all together so many a second: each comes to everyone. */
  cardsRenewedPerSecond: 5,
  /** A card counts for so many times what it takes until the next. */
  cardLives: 2.5,
  /** One that is doubted renews its card no more often than this. */
  cardDoubtedMs: 5 * seconds,
  /** Numbers of cards that one neighbour is told in one batch: the whole list of a thousand is no use to one whose link soon makes way. */
  headsToldMax: 50,
  /** Numbers of cards in one message: 30 bytes each. */
  headsPerMessage: 1500,
  /** Cards in one message: up to 1.4 kB each. */
  cardsPerMessage: 40,
  /** Shares of others that a card names, those that were complete last: so many suffice to find somebody who has one. */
  sharesTakenListedMax: 64,
  /** A card whose shares have changed is signed anew no more often than this. */
  cardNewsMs: 2 * seconds,
  /** In a room of more than so many, so many times less often. */
  cardNewsMembers: 100,
  /** Members remembered of those who give a share: enough to find one. */
  giversMax: 64,
  /** Shares known by cards, and by what we know ourselves. */
  sharesListedMax: 2000,
  /** A manifest as text: its name may take six letters for one. */
  manifestLengthMax: 4096,
  /** Manifests in one message: half a kilobyte each. */
  manifestsPerMessage: 60,
  /** Manifests that one member is told, or tells us, in ten seconds. */
  manifestsPerTenSecondsMax: 600,
  /** One whom we called for a share it gives is kept as a neighbour so long at least. */
  linkKeptMs: 30 * seconds,
  /** Nobody near gave more of a share for so long: somebody is called who gives it. Others near may be about to have it. */
  seekAfterMs: 2 * seconds,
  /** The same again. */
  seekAgainMs: 15 * seconds,
  /** Shares for which somebody is called, at the same time. */
  sharesSoughtMax: 8,
  /** Cards asked of one neighbour that have not come yet: so few that the first neighbour of a newcomer does not show it everyone. */
  cardsAskedMax: 4,
  /** Cards that one neighbour is given in ten seconds. */
  cardsGivenPerTenSecondsMax: 1000,
  /** Members that all neighbours together make us doubt in ten seconds: as many as may leave at once. One alone may try with three times as many. */
  doubtsPerTenSecondsMax: 200,
  /** Broker mailboxes at which members of a room can be found. */
  doors: 8,
  /** Doors a room with enough members keeps held. */
  doorsHeldTarget: 3,
  /** Nobody answered at any door in this time: claim one and wait. */
  doorAnswerMs: 1500,
  /** A member without links knocks again after this. */
  knockAloneMs: 5 * seconds,
  /** Somebody of a linked room knocks on doors it does not know after about this, so that a split room heals. */
  knockLinkedMs: 30 * seconds,
  /** Of more members than this each knocks as often as of so many: who makes up members keeps nobody from it for long. */
  knockMembersMax: 120,
  /** So many of them at a time: the others another time. */
  knockLinkedDoors: 2,
  /** Every so many knocks of a member without links go to the doors of the day before and after, too: a clock may be wrong. */
  knocksToNextEpochs: 6,
  /** Every so many knocks of a linked member go to all doors. */
  knocksToAllDoors: 10,
  /** Who says that it holds a door, and does not read what is left there, is asked again after this long, then twice as long. */
  doorCheckMs: 10 * seconds,
  /** Who has shown that it holds a door is asked again after this. */
  doorProvenMs: 1800 * seconds,
  /** Doors move after this. */
  epochMs: 24 * 3600 * seconds,
  /** A letter that we leave ourselves, to see whether a broker carries any, goes out so soon after it comes online, */
  ownLetterFirstMs: 10 * seconds,
  /** again after this, */
  ownLetterMs: 600 * seconds,
  /** and where so many do not come back the broker is left. */
  ownLettersMissedMax: 2,
  /** A link attempt that has not opened in this time is given up and tried again. */
  linkOpenTimeoutMs: 15 * seconds,
  /** First wait before dialing a lost member again; doubles up to the maximum. */
  redialMinMs: 1 * seconds,
  redialMaxMs: 30 * seconds,
  /** A lost member is forgotten after this. */
  lostForgetMs: 120 * seconds,
  /** One whose link was dropped for misbehaving is kept out this long, and its device. */
  banMs: 3600 * seconds,
  /** Peers and devices kept out at the same time: to fill this in the time of a ban, three peers must misbehave each two seconds. */
  bansMax: 10_000,
  /** Silence on a link after which a ping goes out. */
  pingAfterMs: 5 * seconds,
  /** Silence after which a link is dropped. Pings are answered as messages come, not by timers: a hidden tab answers at once. */
  silenceMaxMs: 15 * seconds,
  /** A link whose path the browser says is lost, or that is asked after a sleep, has this long to be heard. */
  doubtMaxMs: 5 * seconds,
  /** Asked after a sleep and not heard in this time, a link looks for another path: an answer takes a round trip. */
  restartAfterMs: 1 * seconds,
  /** A restart waits so long for its candidates: those of this device take some 50 ms, those that a server tells two round trips. */
  restartGatherMs: 1 * seconds,
  /** Where addresses are hidden there is no other candidate than a relayed one, and a slow relay server takes longer than that. */
  restartGatherRelayMs: 3 * seconds,
  /** A connection that people bring about looks for the other side again so often: Firefox gives up after 11 s. */
  handAgainMs: 8 * seconds,
  /** A link that people carry by hand is some 300 letters; what they paste may have words around it. */
  handTextMax: 4096,
  /** Another tab that waits for an answer by hand says so at once. */
  handTabsAnswerMs: 1 * seconds,
  /** Who answered an invitation by hand waits so long for the other side to be told: people are asked, files sent, rooms crossed. */
  handWaitMs: 600 * seconds,
  /** Once both sides are told, they look for each other so long: the one that waited may begin again only after some 16 s. */
  handOpenTimeoutMs: 40 * seconds,
  /** A further lane whose path is lost has so long to find it again, as it is not restarted: what it carries waits meanwhile. */
  lanePathLostMs: 3 * seconds,
  /** Restarts of one connection are this far apart: another begun meanwhile would undo the first. */
  restartSpacingMs: 1 * seconds,
  /** Timers of hidden pages come up to a second late. Who looks later than this was away itself, and answers may be waiting. */
  lateMaxMs: 2 * seconds,
  /** Peers to which no way was found are tried again after less (an attempt, and the longest wait before the next); who is not is gone. */
  blockedForgetMs: 75 * seconds,
  /** Relayed signals are passed on at most this often. */
  relayHopsMax: 3,
  /** A sealed signal: an SDP with many candidates stays well below. */
  signalSizeMaxBytes: 32 * KiB,
  /** What a letter says is filled up to one of these lengths before it is sealed: a candidate, a description, one with many candidates in it. */
  letterLengthsBytes: [512, 2 * KiB, 8 * KiB, 24 * KiB],
  /** Ids of signals seen, kept to drop repeats. */
  signalsSeenMax: 2000,
  /** Letters of one peer in ten seconds, to us or through us; more are dropped. */
  signalsPerTenSecondsMax: 200,
  /** Bytes of the letters of one peer passed on in ten seconds. */
  relayedPerAuthorMaxBytes: 512 * KiB,
  /** Letters and bytes that one member hands us to be passed on in ten seconds, whoever wrote them; more are strikes. An honest one passes on a quarter to each. */
  relaysPerTenSecondsMax: 1200,
  relayedPerMemberMaxBytes: 2 * MiB,
  /** Letters read from brokers in ten seconds: each costs a signature and an opening. */
  lettersPerTenSecondsMax: 600,
  /** Words of one member in ten seconds, letters to be passed on aside: rosters go out ten times a second at most. */
  messagesPerTenSecondsMax: 300,
  /** Hellos answered in ten seconds: each costs a signature and a letter. */
  welcomesPerTenSecondsMax: 100,
  /** Cards that one member makes us check in ten seconds: each costs two signatures. */
  cardChecksPerTenSecondsMax: 300,
  /** The same of all together. */
  cardChecksInAllPerTenSecondsMax: 1500,
  /** A card says how long it counts where nothing else shows that its member is here, within these. */
  cardLifeMinMs: 75 * seconds,
  cardLifeMaxMs: 3600 * seconds,
  /** A hello to a peer that is not answered in this time is given up and said again later. */
  callTimeoutMs: 5 * seconds,
  /** Members a session knows of, and entries in one roster: one who lies cannot fill the memory. */
  rosterEntriesMax: 100,
  /** Brokers in a configuration, and so mailboxes of one member. */
  brokersMax: 8,

  // Brokers
  /** First wait before a lost broker is tried again; doubles, with jitter, up to the maximum. */
  brokerRetryMinMs: 1 * seconds,
  brokerRetryMaxMs: 30 * seconds,
  /** A broker that kept us so long is one to come back to at once. */
  brokerSteadyMs: 30 * seconds,

  // Store
  /** Without OPFS everything is in memory; a phone kills a tab that takes much more. */
  memoryStoreMaxBytes: 400 * MiB,
  /** A worker that has not opened its disk in this time is given up for the memory store. */
  storeOpenTimeoutMs: 10 * seconds,
  /** A file on disk that nobody touched for this long is flushed and closed. */
  diskHandleIdleMs: 10 * seconds,
  /** A page that is loaded anew waits this long for the one before it to let go of what it kept. */
  tabHandoverMs: 3 * seconds,
  /** What a room keeps on this device is freed when nobody has opened the room for this long. */
  roomKeptMs: 30 * 24 * 3600 * seconds,
  /** A room that keeps nothing is forgotten after this long: one just opened may keep something yet. */
  emptyRoomKeptMs: 24 * 3600 * seconds,
  /** A file on disk that cannot be had is tried again so often, after this: the page before may still be letting go of it. */
  diskTriesMax: 6,
  diskRetryMs: 0.5 * seconds,
  /** Shares of an earlier page that are looked up in the index and on disk at the same time: for each the browser is asked four times. */
  sharesRestoredAtOnce: 16,
  /** Shares of an earlier page whose pieces are hashed again at the same time: beside that, bytes are to be moved. */
  sharesRecheckedAtOnce: 1,
  /** Read at once from an offered file for a reader that jumps about, and at most a piece. */
  attachedSpanMaxBytes: 1 * MiB,
  /** Of offered files is read in one stream, where a reader goes on and on: opening one costs as much as reading 1 MiB by it. */
  fileRunMaxBytes: 16 * MiB,
  /** Files in one such stream: each is a part of the message that opens it. */
  fileRunFilesMax: 256,
  /** A stream does not notice that a file is changed: it is opened anew after this long. */
  fileRunMaxMs: 2 * seconds,
  /** Streams open at once, all shares together, but for hashing: one for each peer of a room. Each holds a megabyte or so in the browser. */
  fileRunsMax: 12,
  /** Memory kept to be used again for blocks on their way out and for pieces that are checked: as much as is in use at once at full speed. */
  poolMaxBytes: 4 * MiB,
  /** Spans of offered files kept in memory, all shares together. */
  attachedCacheMaxBytes: 16 * MiB,
  /**
   * So many files or more, so small on average, are copied to the store as they are hashed: to open one costs a browser 0.3 to 0.8 ms each time
   * it is read (measured), the reading of 64 KiB from the store a tenth of that.
   */
  copiedFilesMin: 64,
  copiedFileMeanMaxBytes: 128 * KiB,
  /** What is larger is read where it lies, and so is what would take more than this part of the free space. */
  copiedShareMaxBytes: 1024 * MiB,
  copiedFreePartMax: 0.25,

  // Saving
  /** Handed to the service worker at once: small zip parts are put together so that messages do not rule. */
  savedChunkBytes: 256 * KiB,
  /** Downloads announced to the service worker and not yet begun: older ones make way, so that a page cannot fill its memory. */
  savingsAwaitedMax: 16,
  /** Browsers stop a service worker after 30 s without events. */
  savingPingMs: 5 * seconds,
  /** A browser that asked for nothing this long has dropped the download (Firefox does not tell). */
  savingIdleMaxMs: 600 * seconds,
  /** A service worker that is not active, or does not answer, by then is not waited for: a busy machine takes seconds to start one. */
  serviceWorkerTimeoutMs: 20 * seconds,
  /** A blob's address lives this long after the click, so that slow browsers have begun to read it. */
  savedAddressLifeMs: 60 * seconds,

  // Taking files in
  /** Directories of a dropped folder read at the same time; each hands out at most 100 entries at once. */
  directoriesAtOnce: 16,
  /** Shares hashed at the same time: more would make each of them later, and none sooner. */
  sharesHashedAtOnce: 3,

  // Page
  /** config.json, and who lends ICE servers: an answer later than this is none. */
  answerTimeoutMs: 10 * seconds,
  /** The same, in UTF-16 units: what is longer is not read to its end. */
  answerLengthMax: 128 * KiB,
  /** Where an older config.json is kept, its host is not waited for longer: a network may be there and lead nowhere. */
  configHostWaitMs: 4 * seconds,
  /** While the page is open, a newer build of it is looked for this often. */
  versionCheckMs: 3600 * seconds,
  /** Who comes back to the page has one looked for, but not more often than this. */
  versionCheckGapMs: 600 * seconds,
  /** A page that has just been opened waits no longer for a newer build to take over; it starts as it is. */
  versionAtOpenMs: 10 * seconds,
  /** Nor does a tab change by itself again so soon: a host whose files change with every request would have it reload for ever. */
  versionAtOpenGapMs: 60 * seconds,
  /** A page that is still there so long after it was told to reload stays. */
  reloadWaitMs: 20 * seconds,
  /** Of config.json, in UTF-16 units: the longest sensible one has some thousands. */
  configLengthMax: 64 * KiB,
  /** Browsers try them all for every link, and slow down with each. */
  iceServersMax: 8,
  /** Addresses of ICE servers at once: Chromium refuses more than 32 TURN servers, and then there is no link at all. */
  iceUrlsMax: 24,
  /** Of who lends ICE servers, in UTF-16 units: eight servers with long credentials stay well below. */
  iceAnswerLengthMax: 16 * KiB,
  /** Lent servers whose end is not told are used this long: services lend for an hour or more. */
  iceLifeDefaultMs: 3600 * seconds,
  /** Shorter lives would have a service asked all the time, */
  iceLifeMinMs: 60 * seconds,
  /** and of longer ones a timer cannot be set. */
  iceLifeMaxMs: 24 * 3600 * seconds,
  /** Lent servers are asked for anew after this part of their life, so that one failure costs nothing. */
  iceRenewPart: 3 / 4,
  /** First wait before a service that failed is asked again; doubles up to the maximum. */
  iceRetryMinMs: 5 * seconds,
  iceRetryMaxMs: 300 * seconds,
  /** The room is joined without lent servers after this: whoever needs none is not to wait for them. */
  iceFirstWaitMs: 2 * seconds,
  /** A probe of the connection that has not answered by then has failed: browsers ask a silent STUN server for nine seconds. */
  checkProbeMs: 8 * seconds,
  /** The index of what is kept is written at most this often. */
  indexIntervalMs: 0.5 * seconds,
  /** A browser that refuses to keep what must be kept before it is told is asked again after this. */
  indexRetryMs: 2 * seconds,
  /** The view is written at most this often. */
  viewIntervalMs: 250,
  /** and takes at most this part of the time, as far as it can be timed: what the browser then draws takes several times as long. */
  viewTimePart: 1 / 50,
  /** or this, for what people wait for, and is drawn within `viewIntervalMs`, */
  viewNowTimePart: 1 / 8,
  /** but is not older than this. */
  viewIntervalMaxMs: 1 * seconds,
  /** People remembered on this device: the longest not met makes room, those whose words were compared last. */
  contactsMax: 500,
  /** Who comes back sooner never left: it is still the same meeting. */
  meetingGapMs: 6 * 3600 * seconds,
  /** While two are together, that they are is written down at most this often. */
  meetingNoteMs: 600 * seconds,
  /** The time of day is corrected by less: a clock that falls so far behind it stood still. */
  sleptMinMs: 10 * seconds,
  /** Who looks at the page again after so long is told what was missed. */
  awayMinMs: 60 * seconds,
  /** and so much later: by then those who are gone were asked, and most of the others linked with again. */
  catchUpMs: 6 * seconds,
  /** Less than this is what smoothing leaves of a transfer that is over: the screen need not stay on for it. */
  movingMinBytesPerSecond: 1000,
  /** Notices shown at once; older ones are crowded out. */
  noticesMax: 6,
  /** Things that happened, kept for whoever looks into a failure. */
  logEntriesMax: 500,
  /** The same as one of so many entries before is counted there: timers that go off all the time must not crowd out the rest. */
  logRepeatsWithin: 8,
  /** Of an error's stack, the innermost places. */
  logStackFramesMax: 6,
  /** A peer counts as a source of a share this long after its last block. */
  sourceRecentMs: 3 * seconds,
} as const
