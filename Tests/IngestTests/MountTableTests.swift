import Testing

@testable import Ingest

@Suite struct MountTableTests {
    private let table = MountTable(
        """
        /dev/vda / ext4 rw 0 0
        server:/films /mnt/films nfs4 rw 0 0
        me@host: /mnt/my\\040talks fuse.sshfs rw 0 0
        /dev/sdb /mnt/films/local ext4 rw 0 0
        broken
        """)

    @Test(arguments: [
        ("/home/me/Videos", false), ("/mnt/films", true), ("/mnt/films/2024/a.mp4", true),
        ("/mnt/films/local/a.mp4", false), ("/mnt/filmstrips", false),
        ("/mnt/my talks/a.mp4", true), ("/", false),
    ])
    func theInnermostMountDecides(path: String, isOnNetwork: Bool) {
        #expect(table.isOnNetwork(path) == isOnNetwork)
    }

    @Test func thisMachineHasARootThatIsNotOnANetwork() {
        #expect(!MountTable.current.isOnNetwork("/"))
    }
}
