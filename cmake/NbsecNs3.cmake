# find_package(ns3) for a machine without the development packages of Python and libxml2: Debian's
# ns-3 names their include folders on its targets, although the headers used here need neither, and
# CMake refuses a target with a folder that is not there.
find_package(ns3 QUIET)
if(ns3_FOUND)
	get_property(ns3_targets DIRECTORY PROPERTY IMPORTED_TARGETS)
	list(FILTER ns3_targets INCLUDE REGEX "^ns3::")
	foreach(target IN LISTS ns3_targets)
		get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
		set(present "")
		foreach(folder IN LISTS folders)
			if(IS_DIRECTORY "${folder}")
				list(APPEND present "${folder}")
			endif()
		endforeach()
		set_target_properties(${target} PROPERTIES
			INTERFACE_INCLUDE_DIRECTORIES "${present}")
	endforeach()
endif()
