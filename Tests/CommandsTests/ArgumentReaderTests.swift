import Testing

@testable import Commands

@Suite struct ArgumentReaderTests {
    private let options: [CommandLineOption] = [
        .value("top", "N", "how many"), .flag("quiet", short: "q", "be still"),
        .value("output", "FILE", short: "o", "where to"),
    ]

    @Test(arguments: [
        ["--top", "3", "red", "car"], ["red", "--top=3", "car"],
        ["--top", "1", "--top=3", "red", "car"],
    ])
    func optionsAndOperandsComeInAnyOrder(_ arguments: [String]) throws {
        let reader = try ArgumentReader(arguments, options: options)
        #expect(reader.operands == ["red", "car"])
        #expect(try reader.integer("top", in: 1...10) == 3)
    }

    @Test func shortFormsAndDashesAreUnderstood() throws {
        let reader = try ArgumentReader(
            ["-q", "-o", "x.npy", "-", "--", "--top"], options: options)
        #expect(reader.has("quiet"))
        #expect(reader.value("output") == "x.npy")
        #expect(reader.operands == ["-", "--top"])
    }

    @Test(arguments: [
        (["--tpo", "3"], UsageError.unknownOption("--tpo", closest: "--top")),
        (["--top"], .missingValue("--top", valueName: "N")),
        (["--quiet=yes"], .unexpectedValue("--quiet")),
        (["-x"], .unknownOption("-x", closest: nil)),
    ])
    func mistakesAreNamed(arguments: [String], expected: UsageError) {
        #expect(throws: expected) { try ArgumentReader(arguments, options: options) }
    }

    @Test(arguments: ["0", "11", "three", "9999999999999999999999"])
    func numbersOutsideTheirRangeAreRefused(_ text: String) throws {
        let reader = try ArgumentReader(["--top", text], options: options)
        #expect(throws: UsageError.self) { try reader.integer("top", in: 1...10) }
    }

    @Test func everyCommandExplainsItself() {
        for command in CommandList.all {
            let page = Help.page(of: command, colors: false)
            #expect(page.contains("reel \(command.name)"))
            #expect(!command.examples.isEmpty)
            for option in command.options { #expect(page.contains("--\(option.name)")) }
            #expect(Help.overview(colors: false).contains(command.summary))
        }
    }

    @Test func noOptionOfACommandHidesAGlobalOne() {
        let global = Set(CommandLineOption.global.map(\.name))
        for command in CommandList.all {
            #expect(global.isDisjoint(with: command.options.map(\.name)))
        }
    }
}
