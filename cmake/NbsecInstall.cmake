# cmake --install: the command, the library, its public headers, data files, and what
# find_package(nbsec) reads. Also the target nbsec-command, which builds the command alone.
add_custom_target(nbsec-command DEPENDS nbsec_cli)

# One search path for both places: left to itself CMake pads the build's with an empty entry, which
# means the current folder.
set_target_properties(nbsec_cli PROPERTIES
	BUILD_WITH_INSTALL_RPATH ON
	INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR};$ORIGIN/..")
install(TARGETS nbsec_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS nbsec LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

# A header is public when it declares something with NBS_API or a public one includes it. It keeps
# its folder's name.
set(nbsec_include "${CMAKE_INSTALL_INCLUDEDIR}/nbsec")
function(nbsec_public_headers result)
	set(public "")
	foreach(floor sim models scenarios)
		file(GLOB_RECURSE headers RELATIVE "${PROJECT_SOURCE_DIR}"
			"${PROJECT_SOURCE_DIR}/${floor}/*.h")
		foreach(header IN LISTS headers)
			file(STRINGS "${PROJECT_SOURCE_DIR}/${header}" api
				REGEX "NBS_API" LIMIT_COUNT 1)
			if(api)
				list(APPEND public "${header}")
			endif()
		endforeach()
	endforeach()
	set(waiting ${public})
	while(waiting)
		list(POP_FRONT waiting header)
		file(STRINGS "${PROJECT_SOURCE_DIR}/${header}" includes REGEX "^#include \"")
		foreach(include IN LISTS includes)
			string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" include "${include}")
			if(NOT include IN_LIST public)
				list(APPEND public "${include}")
				list(APPEND waiting "${include}")
			endif()
		endforeach()
	endwhile()
	set(${result} ${public} PARENT_SCOPE)
endfunction()
nbsec_public_headers(nbsec_headers)
foreach(header IN LISTS nbsec_headers)
	get_filename_component(folder "${header}" DIRECTORY)
	install(FILES "${PROJECT_SOURCE_DIR}/${header}" DESTINATION "${nbsec_include}/${folder}")
endforeach()

install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios/"
	DESTINATION "${CMAKE_INSTALL_DATADIR}/nbsec/scenarios"
	FILES_MATCHING PATTERN "*.yaml"
	PATTERN "papers" EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios/papers"
	DESTINATION "${CMAKE_INSTALL_DATADIR}/nbsec/scenarios"
	FILES_MATCHING PATTERN "*.csv" PATTERN "*.yaml" PATTERN "*.md")
# The library has the profiles inside; these are to copy from, with the templates.
foreach(folder profiles mcus)
	install(DIRECTORY "${PROJECT_SOURCE_DIR}/models/power/${folder}/"
		DESTINATION "${CMAKE_INSTALL_DATADIR}/nbsec/models/power/${folder}"
		FILES_MATCHING PATTERN "*.yaml")
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/pcaps/"
	DESTINATION "${CMAKE_INSTALL_DATADIR}/nbsec/pcaps"
	FILES_MATCHING PATTERN "*.lua")

include(CMakePackageConfigHelpers)
set(nbsec_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/nbsec")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/nbsecConfig.cmake.in"
	"${PROJECT_BINARY_DIR}/nbsecConfig.cmake"
	INSTALL_DESTINATION "${nbsec_config_dir}"
	PATH_VARS CMAKE_INSTALL_LIBDIR nbsec_include)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/nbsecConfigVersion.cmake"
	COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_LIST_DIR}/NbsecNs3.cmake" "${PROJECT_BINARY_DIR}/nbsecConfig.cmake"
	"${PROJECT_BINARY_DIR}/nbsecConfigVersion.cmake" DESTINATION "${nbsec_config_dir}")
