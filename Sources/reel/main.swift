import Commands
import Foundation

ProgramEnd.with(
    ReelProgram.run(
        Array(CommandLine.arguments.dropFirst()),
        environment: ProcessInfo.processInfo.environment))
