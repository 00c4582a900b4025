import Commands
import Foundation

exit(
    ReelProgram.run(
        Array(CommandLine.arguments.dropFirst()),
        environment: ProcessInfo.processInfo.environment))
